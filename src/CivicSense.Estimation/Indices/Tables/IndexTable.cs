using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One version of an air quality index: its bands and, for each pollutant, the concentrations where they begin and end.</summary>
/// <param name="Id">Names the version in addresses and files, e.g. <c>eu-2024</c>.</param>
/// <param name="Name">The name people read.</param>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="ValidFrom">
/// Since when it applies: a year, month or date of ISO 8601, as precise as its source states it; null where no source does.
/// </param>
/// <param name="Bands">The bands, best first.</param>
/// <param name="Scales">One scale for each pollutant.</param>
public sealed record IndexTable(
    string Id, string Name, string Source, string? ValidFrom, ImmutableArray<IndexBand> Bands, ImmutableArray<IndexScale> Scales)
{
    /// <summary>The scale of a quantity, or null where the index does not cover it.</summary>
    public IndexScale? ScaleOf(Quantity quantity)
    {
        foreach (var scale in Scales)
        {
            if (scale.Quantity == quantity)
                return scale;
        }
        return null;
    }
}

/// <summary>A band of an index, such as "Fair".</summary>
/// <param name="Name">The name people read.</param>
/// <param name="Colour">The colour of the publisher, as #rrggbb.</param>
/// <param name="AssistColour">The publisher's colour for people who see colours differently, or null.</param>
/// <param name="Index">The first and the last whole number of the band, where the index is a number.</param>
public sealed record IndexBand(string Name, string Colour, string? AssistColour, IndexRange? Index);

/// <summary>The numbers of a band where the index is a number.</summary>
/// <param name="First">The smallest.</param>
/// <param name="Last">The largest.</param>
public readonly record struct IndexRange(int First, int Last);
