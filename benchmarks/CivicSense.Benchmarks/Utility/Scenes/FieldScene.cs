using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Benchmarks.Utility;

/// <summary>A neighbourhood of synthetic households in the air of a field file.</summary>
static class FieldScene
{
    /// <summary>Cells of the finest zoom below this one are the areas, side by side.</summary>
    const string Neighbourhood = "0313102310";

    /// <summary>Puts households around the stations of a field.</summary>
    /// <param name="quantity">What the field holds.</param>
    /// <param name="field">The field; its first station becomes the official one.</param>
    /// <param name="scale">What its values are multiplied with.</param>
    /// <param name="ownersPerArea">How many households live in each area.</param>
    /// <param name="spikes">Whether households have episodes of their own.</param>
    /// <param name="seed">Chooses the households.</param>
    /// <param name="mostDays">Only so many days are used; null for all.</param>
    /// <exception cref="UtilityException">The field is too short, or not one of the quantity.</exception>
    public static Scene Create(
        Quantity quantity, FieldFile field, double scale, int ownersPerArea, bool spikes, int seed, int? mostDays)
    {
        var firstDay = PrivacyDay.Of(new HourWindow(field.First.Index - 1), field.Zone).Next;
        Check(quantity, field, scale);
        var skipped = (int)(firstDay.Windows(field.Zone)[0].Index - field.First.Index);
        var days = Math.Min((field.Hours - skipped) / 24, mostDays ?? int.MaxValue);
        if (days < 4)
            throw new UtilityException("fewer than four whole days: half of them are for learning.");
        var calendar = new Calendar(field.Zone, firstDay, days);
        var scaled = field.Values.Select(values => Scaled(quantity, values.AsSpan(skipped, calendar.Windows.Length), scale)).ToArray();
        var areas = Enumerable.Range(0, scaled.Length - 1).Select(CellOf).ToArray();
        var households = HouseholdModel.Of(quantity);
        var devices = new List<Device>();
        var measured = new List<double[]>();
        for (var area = 0; area < areas.Length; area++)
        {
            for (var household = 0; household < ownersPerArea; household++)
            {
                var id = devices.Count + 1;
                devices.Add(new Device(id, id, string.Create(CultureInfo.InvariantCulture, $"device-{id}"), areas[area]));
                measured.Add(households.Measure(scaled[area + 1], seed, area, household, spikes));
            }
        }
        return new Scene(
            quantity, calendar, calendar.Days[days / 2], devices, [.. measured], [new Station(field.Stations[0], scaled[0])],
            areas.Select((area, index) => KeyValuePair.Create(area, field.Stations[index + 1])).ToDictionary());
    }

    /// <summary>
    /// Instruments read a little below zero where there is little, and that counts as zero. A field of another quantity, or with the wrong
    /// scale, would become one of the least or the largest value, and have fine figures.
    /// </summary>
    static void Check(Quantity quantity, FieldFile field, double scale)
    {
        const double MostOutside = 0.1;
        for (var station = 1; station < field.Stations.Count; station++)
        {
            if (!field.Values[station].Any(double.IsFinite))
                throw new UtilityException($"{field.Stations[station]} has no value: there is nothing to compare in its area.");
        }
        var known = field.Values.SelectMany(values => values).Where(double.IsFinite).ToArray();
        var (below, above) =
            (known.Count(value => value * scale < quantity.Minimum), known.Count(value => value * scale > quantity.Maximum));
        if (below > MostOutside * known.Length || above > MostOutside * known.Length)
            throw new UtilityException(string.Create(
                CultureInfo.InvariantCulture,
                $"{below} of {known.Length} values times {scale} are below {quantity.Minimum}, and {above} above {quantity.Maximum}: "
                + $"it has to be {quantity} in {quantity.Unit}, with the --quantity and --scale that go with it."));
    }

    static double[] Scaled(Quantity quantity, ReadOnlySpan<double> values, double scale)
    {
        var scaled = new double[values.Length];
        for (var hour = 0; hour < scaled.Length; hour++)
            scaled[hour] = Math.Max(quantity.Minimum, values[hour] * scale);
        return scaled;
    }

    /// <summary>Numbers become quadkeys, so the areas are in the order of the stations.</summary>
    static Area CellOf(int number)
    {
        var digits = "";
        for (var rest = number; digits.Length < Area.FinestZoom - Neighbourhood.Length; rest /= 4)
            digits = (char)('0' + (rest % 4)) + digits;
        return Area.Parse(Neighbourhood + digits);
    }
}
