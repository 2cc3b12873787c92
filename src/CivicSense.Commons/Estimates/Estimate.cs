namespace CivicSense.Commons;

/// <summary>The time over which an estimate is taken.</summary>
public enum Resolution
{
    /// <summary>One hour window.</summary>
    Hour,

    /// <summary>One privacy day.</summary>
    Day,

    /// <summary>The privacy days of one ISO 8601 week, Monday to Sunday.</summary>
    Week,

    /// <summary>The privacy days of one civil month.</summary>
    Month,
}

/// <summary>Whether an estimate may still change.</summary>
public enum EstimateStatus
{
    /// <summary>From everything released up to its own time; will be revised.</summary>
    Live,

    /// <summary>From everything released up to 48 hours later; will not change again.</summary>
    Final,
}

/// <summary>What a person reads: a value and how sure it is, computed from public data only.</summary>
/// <param name="Area">The area: a release area or a parent.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Resolution">Hour, day, week or month.</param>
/// <param name="Start">The first instant it covers.</param>
/// <param name="End">The first instant after.</param>
/// <param name="Value">The estimate in the quantity's unit.</param>
/// <param name="StandardError">Its standard error in the same unit.</param>
/// <param name="Lower">The lower end of the 95 % interval.</param>
/// <param name="Upper">The upper end of the 95 % interval.</param>
/// <param name="Status">Live or final.</param>
public sealed record Estimate(
    Area Area, Quantity Quantity, Resolution Resolution, DateTimeOffset Start, DateTimeOffset End,
    double Value, double StandardError, double Lower, double Upper, EstimateStatus Status);
