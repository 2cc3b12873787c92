using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>One line of the result.</summary>
/// <param name="Method">The method; what is switched off of it follows after a slash.</param>
/// <param name="Owners">Households in each area, or in all where areas differ.</param>
/// <param name="Cost">What an owner-day may cost; null where nothing is spent.</param>
/// <param name="Reference">Whether the method uses the official stations.</param>
/// <param name="Status">Live or final.</param>
/// <param name="Resolution">Hour, day, week or month.</param>
/// <param name="Area">The area's name; <c>all</c> for all together.</param>
/// <param name="Score">The errors.</param>
sealed record ResultRow(
    string Method, int Owners, DayCost? Cost, string Reference, EstimateStatus Status, Resolution Resolution, string Area, Score Score)
{
    /// <summary>The name of the row that speaks for all areas.</summary>
    public const string AllAreas = "all";
}
