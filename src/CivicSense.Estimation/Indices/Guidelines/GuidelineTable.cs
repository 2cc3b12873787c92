using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Over what time a guideline level is to be kept.</summary>
public enum GuidelinePeriod
{
    /// <summary>The largest mean of eight hours of a day.</summary>
    EightHours,

    /// <summary>The mean of a day.</summary>
    Day,

    /// <summary>The mean of the daily largest means of eight hours, over the six months in which ozone is highest.</summary>
    PeakSeason,

    /// <summary>The mean of a year.</summary>
    Year,
}

/// <summary>A guideline level or one of the interim targets on the way to it.</summary>
/// <param name="Quantity">The pollutant.</param>
/// <param name="Period">Over what time it is to be kept.</param>
/// <param name="Name">The name people read: <c>guideline level</c> or <c>interim target 1</c>.</param>
/// <param name="Value">The level, in the quantity's unit.</param>
public sealed record GuidelineLevel(Quantity Quantity, GuidelinePeriod Period, string Name, double Value);

/// <summary>A set of guideline levels.</summary>
/// <param name="Id">Names the version in addresses and files, e.g. <c>who-2021</c>.</param>
/// <param name="Name">The short name of who issued it, as people read it.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="Levels">The levels; those of one quantity and period from the first interim target down to the guideline level.</param>
public sealed record GuidelineTable(string Id, string Name, string Source, ImmutableArray<GuidelineLevel> Levels)
{
    /// <summary>The levels of one quantity and period, the guideline level last; none where there is no guideline.</summary>
    public ImmutableArray<GuidelineLevel> LevelsOf(Quantity quantity, GuidelinePeriod period) =>
        [.. Levels.Where(level => level.Quantity == quantity && level.Period == period)];
}

/// <summary>The guidelines that come with the program: every JSON file in this folder, embedded when it is built.</summary>
public static class GuidelineTables
{
    /// <summary>All tables, ordered by id.</summary>
    public static ImmutableArray<GuidelineTable> All { get; } =
        [.. EmbeddedTables.Read("Indices/Guidelines/", GuidelineTableReader.Read).OrderBy(table => table.Id, StringComparer.Ordinal)];

    /// <summary>The global air quality guidelines of the World Health Organization of 2021.</summary>
    public static GuidelineTable Who2021 { get; } = All.Single(table => table.Id == "who-2021");
}
