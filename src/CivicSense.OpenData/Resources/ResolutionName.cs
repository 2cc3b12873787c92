using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>How resolutions are written in addresses and rows.</summary>
static class ResolutionName
{
    /// <summary>All names, the finest first: indexed by <see cref="Resolution"/>.</summary>
    public static ImmutableArray<string> All { get; } = ["hour", "day", "week", "month"];

    public static string Write(Resolution resolution) => All[(int)resolution];

    /// <summary>Reads a name of <see cref="All"/>.</summary>
    public static Resolution Read(string name) => (Resolution)All.IndexOf(name);

    /// <summary>How many days before its end a list begins where no beginning is asked for.</summary>
    public static int DefaultDays(Resolution resolution) => resolution switch
    {
        Resolution.Week => 91,
        Resolution.Month => 366,
        _ => 7,
    };
}
