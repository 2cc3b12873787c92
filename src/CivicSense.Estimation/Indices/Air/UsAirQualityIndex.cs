using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The US index of one pollutant or of the worst of several: a number with its 95 % interval, and its band.</summary>
/// <param name="Index">The index of the estimated concentration; above 500 it is "beyond the index".</param>
/// <param name="Lower">The lower end of the 95 % interval.</param>
/// <param name="Upper">The upper end of the 95 % interval.</param>
/// <param name="Responsible">The pollutant with the highest index.</param>
/// <param name="Band">The band, or the range of bands.</param>
public sealed record UsIndexStatement(int Index, int Lower, int Upper, Quantity Responsible, BandStatement Band);

/// <summary>The US Air Quality Index of particles, from a NowCast or from a day.</summary>
/// <remarks>
/// US EPA, EPA-454/B-24-002, section IV: the concentration is truncated, interpolated between its band's break points and rounded to a
/// whole number. Above 500 the line of the last band goes on.
/// </remarks>
public static class UsAirQualityIndex
{
    const double LowerQuantile = 0.025;

    /// <summary>The index of a concentration.</summary>
    /// <param name="table">A table whose bands have numbers, such as <see cref="IndexTables.UnitedStates2024"/>.</param>
    /// <param name="quantity">The pollutant.</param>
    /// <param name="concentration">The mean of 24 hours or the NowCast, in the quantity's unit.</param>
    /// <exception cref="ArgumentException">The table has no numbers, or no break points for the quantity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The concentration is not in the quantity's valid range.</exception>
    public static int Of(IndexTable table, Quantity quantity, double concentration)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(quantity);
        var scale = table.ScaleOf(quantity) ?? throw new ArgumentException($"{table.Id} does not cover {quantity}.", nameof(quantity));
        var band = scale.BandOf(concentration);
        if (table.Bands[band].Index is not { } numbers)
            throw new ArgumentException($"The bands of {table.Id} have no numbers.", nameof(table));
        var range = scale.Ranges[band];
        // A band with numbers always has an upper end: the reader of the tables refuses others.
        var slope = (numbers.Last - numbers.First) / (range.Upper!.Value - range.Lower);
        return (int)Math.Round(slope * (scale.Rounded(concentration) - range.Lower) + numbers.First, MidpointRounding.AwayFromZero);
    }

    /// <summary>The index of the current hour.</summary>
    /// <exception cref="ArgumentException">The table has no numbers, or no break points for the pollutant.</exception>
    public static UsIndexStatement Of(IndexTable table, NowCast nowCast) => Worst(table, [nowCast]);

    /// <summary>The index of the current hour, for the worst of several pollutants.</summary>
    /// <param name="table">A table whose bands have numbers, such as <see cref="IndexTables.UnitedStates2024"/>.</param>
    /// <param name="nowCasts">One for each pollutant, of one area and with one end.</param>
    /// <returns>The statement, which holds whether the pollutants' errors are independent or go together (docs/indices.md).</returns>
    /// <exception cref="ArgumentException">
    /// There is no NowCast, two of one pollutant, two areas or ends, or the table has no numbers or no break points for one of them.
    /// </exception>
    public static UsIndexStatement Worst(IndexTable table, IReadOnlyCollection<NowCast> nowCasts)
    {
        ArgumentNullException.ThrowIfNull(nowCasts);
        if (nowCasts.DistinctBy(nowCast => (nowCast.Area, nowCast.End)).Skip(1).Any())
            throw new ArgumentException("The NowCasts are not of one area and one time.", nameof(nowCasts));
        return Worst(table, [.. nowCasts.Select(nowCast => nowCast.Concentration)]);
    }

    /// <summary>The index of a past day, for the worst of several pollutants.</summary>
    /// <param name="table">A table whose bands have numbers, such as <see cref="IndexTables.UnitedStates2024"/>.</param>
    /// <param name="days">One day estimate for each pollutant, of one area and one day.</param>
    /// <returns>The statement, which holds whether the pollutants' errors are independent or go together (docs/indices.md).</returns>
    /// <exception cref="ArgumentException">
    /// There is no estimate, one that is not of a day, two of one pollutant, two areas or days, or the table has no numbers or no break
    /// points for one of them.
    /// </exception>
    public static UsIndexStatement Worst(IndexTable table, IReadOnlyCollection<Estimate> days)
    {
        ArgumentNullException.ThrowIfNull(days);
        if (days.Any(day => day.Resolution != Resolution.Day) || days.DistinctBy(day => (day.Area, day.End)).Skip(1).Any())
            throw new ArgumentException("The estimates are not of one area and one day.", nameof(days));
        return Worst(table, [.. days.Select(UncertainValue.Of)]);
    }

    static UsIndexStatement Worst(IndexTable table, UncertainValue[] values)
    {
        if (values.Length == 0 || values.DistinctBy(value => value.Quantity).Count() < values.Length)
            throw new ArgumentException("The worst of several pollutants needs one value for each.", nameof(values));
        var worst = values.MaxBy(value => Of(table, value.Quantity, value.Value))!;
        var highest = values.Max(value => Of(table, value.Quantity, value.Quantity.Maximum));
        return new UsIndexStatement(
            Of(table, worst.Quantity, worst.Value),
            // Errors that go together lower the worst, independent ones raise it: each end is that of the law it is farther out under.
            Smallest(highest, index => values.Min(value => ProbabilityAtMost(table, value, index)) >= LowerQuantile),
            Smallest(highest, index =>
                values.Aggregate(1.0, (product, value) => product * ProbabilityAtMost(table, value, index)) >= 1 - LowerQuantile),
            worst.Quantity,
            BandStatement.Worst(table, [.. values.Select(value => AirQualityIndex.Of(table, value))]));
    }

    static double ProbabilityAtMost(IndexTable table, UncertainValue value, int index)
    {
        var step = table.ScaleOf(value.Quantity)!.Step;
        if (Of(table, value.Quantity, value.Quantity.Maximum) <= index)
            return 1;
        var steps = (int)((decimal)value.Quantity.Maximum / step);
        var beyond = Smallest(steps, count => Of(table, value.Quantity, (double)(count * step)) > index);
        return value.Cumulative((double)(beyond * step), inclusive: false);
    }

    /// <summary>The smallest whole number up to a last one from which on something holds; it holds at the last one.</summary>
    static int Smallest(int last, Predicate<int> holds)
    {
        var first = 0;
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (holds(middle))
                last = middle;
            else
                first = middle + 1;
        }
        return first;
    }
}
