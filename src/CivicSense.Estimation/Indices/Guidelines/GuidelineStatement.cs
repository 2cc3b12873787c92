using System.Collections.Immutable;
using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What can be said about a value and a level.</summary>
public enum GuidelineVerdict
{
    /// <summary>Neither side is sure enough.</summary>
    CannotBeTold,

    /// <summary>At or below the level.</summary>
    Kept,

    /// <summary>Above the level.</summary>
    Exceeded,
}

/// <summary>How an uncertain value compares with a guideline level.</summary>
/// <param name="Table">The guidelines.</param>
/// <param name="Level">The level.</param>
/// <param name="ProbabilityAbove">The probability that the truth is above the level.</param>
public sealed record GuidelineStatement(GuidelineTable Table, GuidelineLevel Level, double ProbabilityAbove)
{
    /// <summary>How probable a verdict must be to be stated; the same as for bands, for the same reason.</summary>
    public const double RequiredProbability = BandStatement.RequiredProbability;

    /// <summary>The verdict.</summary>
    public GuidelineVerdict Verdict =>
        ProbabilityAbove >= RequiredProbability ? GuidelineVerdict.Exceeded
        : 1 - ProbabilityAbove >= RequiredProbability ? GuidelineVerdict.Kept
        : GuidelineVerdict.CannotBeTold;

    /// <summary>Compares the estimate of a day with the levels for a day.</summary>
    /// <returns>A statement for each level, the guideline level last; none where there is no guideline for the quantity.</returns>
    /// <remarks>
    /// The WHO's levels for a day are percentiles: three or four days a year may lie above. One day above is no breach of the guideline.
    /// </remarks>
    /// <exception cref="ArgumentException">The estimate is not of a day.</exception>
    public static ImmutableArray<GuidelineStatement> OfDay(GuidelineTable table, Estimate day)
    {
        ArgumentNullException.ThrowIfNull(day);
        if (day.Resolution != Resolution.Day)
            throw new ArgumentException("The estimate is not of a day.", nameof(day));
        return Of(table, UncertainValue.Of(day), GuidelinePeriod.Day);
    }

    /// <summary>Compares a value with the levels of its period, such as a year.</summary>
    /// <returns>A statement for each level, the guideline level last; none where there is no guideline for them.</returns>
    public static ImmutableArray<GuidelineStatement> Of(GuidelineTable table, UncertainValue value, GuidelinePeriod period)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(value);
        return [.. table.LevelsOf(value.Quantity, period)
            .Select(level => new GuidelineStatement(table, level, value.ProbabilityAbove(level.Value)))];
    }

    /// <summary>
    /// The statement for people, such as <c>above the WHO guideline level for a day, 93 % sure</c> or <c>cannot be told</c>. Percentages
    /// are rounded down, so that 100 % is only said of what is certain.
    /// </summary>
    public override string ToString() => Verdict switch
    {
        GuidelineVerdict.Exceeded => Sentence("above", ProbabilityAbove),
        GuidelineVerdict.Kept => Sentence("not above", 1 - ProbabilityAbove),
        _ => "cannot be told",
    };

    string Sentence(string side, double probability) => string.Create(
        CultureInfo.InvariantCulture,
        $"{side} the {Table.Name} {Level.Name} for {PeriodName}, {Math.Floor(100 * probability + 1e-9)} % sure");

    string PeriodName => Level.Period switch
    {
        GuidelinePeriod.EightHours => "eight hours",
        GuidelinePeriod.Day => "a day",
        GuidelinePeriod.PeakSeason => "the peak season",
        _ => "a year",
    };
}
