using CivicSense.Commons;
using CivicSense.Release;

namespace CivicSense.Benchmarks.Utility;

/// <summary>What the methods that release bounded sums start from: for each area and hour the values of all of its households.</summary>
/// <remarks>
/// A household that sends nothing counts with its own last value, so that the number of households is the public enrolment. An hour in
/// which nobody in the area sends is left out: nothing is released then, though no method could know it. Both favour these methods.
/// </remarks>
sealed class AreaSums
{
    readonly double[][][] values;

    /// <summary>The sums of a scene in the areas of a plan.</summary>
    public AreaSums(Scene scene, PrivatePlan plan)
    {
        var indices = scene.Devices.Select((device, index) => KeyValuePair.Create(device.Id, index)).ToDictionary();
        var members = Enumerable.Range(0, plan.Public.Areas.Length)
            .Select(area => plan.Devices.Where(device => device.AreaIndex == area)
                .Select(device => scene.Values[indices[device.DeviceId]]).ToArray())
            .ToArray();
        var hours = scene.Calendar.Windows.Length;
        Truth = [.. members.Select(
            own => Enumerable.Range(0, hours).Select(hour => PeriodMeans.Of(own.Select(device => device[hour]))).ToArray())];
        values = [.. members.Select(own => own.Select(sent => Filled(sent, scene.Quantity.PriorMean)).ToArray())];
    }

    /// <summary>The non-private mean of the values that were sent, by area and hour; NaN where there are none.</summary>
    public double[][] Truth { get; }

    /// <summary>The number of areas.</summary>
    public int Areas => values.Length;

    /// <summary>How many households an area has.</summary>
    public int Households(int area) => values[area].Length;

    /// <summary>The sum over an area's households of their bounded values, in steps of <see cref="BoundedNoise.Grid"/>.</summary>
    public long OfHour(int area, int hour) => values[area].Sum(household => Bounded(household[hour]));

    /// <summary>
    /// The sum over an area's households of the mean of their bounded values over the hours of a period in which anybody sent; null if
    /// there is no such hour.
    /// </summary>
    public long? OfMeans(int area, Period period)
    {
        var hours = Enumerable.Range(period.FirstHour, period.Hours).Where(hour => !double.IsNaN(Truth[area][hour])).ToArray();
        return hours.Length == 0
            ? null
            : values[area].Sum(household => (long)Math.Round(hours.Average(hour => (double)Bounded(household[hour]))));
    }

    static long Bounded(double value) => (long)Math.Round(Math.Clamp(value, 0, BoundedNoise.MostValue) * BoundedNoise.Grid);

    static double[] Filled(double[] sent, double priorMean)
    {
        var filled = new double[sent.Length];
        var last = priorMean;
        for (var hour = 0; hour < sent.Length; hour++)
            filled[hour] = last = double.IsNaN(sent[hour]) ? last : sent[hour];
        return filled;
    }
}
