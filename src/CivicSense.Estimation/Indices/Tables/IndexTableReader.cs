using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Reads an index table and refuses one that would give a concentration no band, or two.</summary>
static class IndexTableReader
{
    static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    static readonly string[] DateFormats = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    enum Rounding
    {
        None,
        Truncate,
    }

    /// <param name="stream">The file.</param>
    /// <param name="name">Its name without the extension, which the table's id must repeat.</param>
    /// <exception cref="InvalidDataException">The table is malformed; the message says where.</exception>
    public static IndexTable Read(Stream stream, string name)
    {
        var document = TableFile.Parse<Document>(stream, name);
        if (document.Id != name)
            throw TableFile.Refused(name, $"calls itself {document.Id}");
        if (document.ValidFrom is { } date
            && !DateOnly.TryParseExact(date, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            throw TableFile.Refused(name, $"is valid from {date}, which is no year, month or date of ISO 8601");

        var scales = document.Pollutants.Select(pollutant => Scale(pollutant, document, name)).ToImmutableArray();
        if (scales.IsEmpty || scales.DistinctBy(scale => scale.Quantity).Count() < scales.Length)
            throw TableFile.Refused(name, "has no pollutant, or one of them twice");
        return new IndexTable(document.Id, document.Name, document.Source, document.ValidFrom, Bands(document.Bands, name), scales);
    }

    static ImmutableArray<IndexBand> Bands(BandEntry[] bands, string name)
    {
        var result = ImmutableArray.CreateBuilder<IndexBand>(bands.Length);
        foreach (var band in bands)
        {
            if (!IsColour(band.Colour) || (band.AssistColour is not null && !IsColour(band.AssistColour)))
                throw TableFile.Refused(name, $"has a colour in band {band.Name} that is not of the form #rrggbb");
            result.Add(new IndexBand(band.Name, band.Colour, band.AssistColour, Numbers(band, result, name)));
        }
        if (result.Count < 2)
            throw TableFile.Refused(name, "has fewer than two bands");
        return result.MoveToImmutable();
    }

    static IndexRange? Numbers(BandEntry band, ImmutableArray<IndexBand>.Builder before, string name)
    {
        if (before.Count > 0 && before[^1].Index.HasValue != band.Index is not null)
            throw TableFile.Refused(name, "has index numbers for some bands only");
        if (band.Index is null)
            return null;
        var expected = before.Count == 0 ? 0 : before[^1].Index!.Value.Last + 1;
        if (band.Index is not [var first, var last] || first != expected || last <= first)
            throw TableFile.Refused(name, $"has index numbers in band {band.Name} that do not go on from {expected} upwards");
        return new IndexRange(first, last);
    }

    static IndexScale Scale(PollutantEntry pollutant, Document document, string name)
    {
        if (!Quantity.TryFind(pollutant.Quantity, out var quantity))
            throw TableFile.Refused(name, $"has the pollutant {pollutant.Quantity}, which is no quantity");
        if (pollutant.Unit != quantity.Unit)
            throw TableFile.Refused(name, $"gives {quantity} in {pollutant.Unit}, not in {quantity.Unit}");
        if (pollutant.AveragingHours is not (1 or 24))
            throw TableFile.Refused(name, $"averages {quantity} over {pollutant.AveragingHours} hours, not over 1 or 24");
        if (pollutant.Step <= 0)
            throw TableFile.Refused(name, $"has a step for {quantity} that is not positive");
        if (pollutant.Ranges.Length != document.Bands.Length)
            throw TableFile.Refused(name, $"has {pollutant.Ranges.Length} ranges of {quantity} for {document.Bands.Length} bands");
        return new IndexScale(
            quantity, pollutant.AveragingHours, pollutant.Step, document.Rounding == Rounding.Truncate, Ranges(pollutant, document, name));
    }

    static ImmutableArray<BandRange> Ranges(PollutantEntry pollutant, Document document, string name)
    {
        var result = ImmutableArray.CreateBuilder<BandRange>(pollutant.Ranges.Length);
        var expected = 0m;
        for (var band = 0; band < pollutant.Ranges.Length; band++)
        {
            var where = $"for {pollutant.Quantity} in band {document.Bands[band].Name}";
            // An open end is for the last band, and only where no index number is interpolated in it.
            var mayBeOpen = band == pollutant.Ranges.Length - 1 && document.Bands[band].Index is null;
            if (pollutant.Ranges[band] is not [{ } lower, var upper] || (upper is null && !mayBeOpen))
                throw TableFile.Refused(name, $"does not have two ends {where}");
            if (lower != expected)
                throw TableFile.Refused(name, $"has a gap or an overlap {where}: it begins at {lower}, but {expected} is next");
            if (upper <= lower)
                throw TableFile.Refused(name, $"is not sorted {where}: {lower} to {upper}");
            result.Add(new BandRange(lower, upper));
            expected = (upper ?? lower) + pollutant.Step;
        }
        return result.MoveToImmutable();
    }

    static bool IsColour(string text) => text.Length == 7 && text[0] == '#' && !text.AsSpan(1).ContainsAnyExcept(HexDigits);

    sealed record Document(
        string Id, string Name, string Source, string? ValidFrom, Rounding Rounding, BandEntry[] Bands, PollutantEntry[] Pollutants);

    sealed record BandEntry(string Name, string Colour, string? AssistColour = null, int[]? Index = null);

    sealed record PollutantEntry(string Quantity, string Unit, int AveragingHours, decimal Step, decimal?[][] Ranges);
}
