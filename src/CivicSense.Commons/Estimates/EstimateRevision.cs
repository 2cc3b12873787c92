namespace CivicSense.Commons;

/// <summary>One revision of an estimate, and when it was the published one.</summary>
/// <remarks>
/// The times are those of the clock of the machine that keeps the database, in whole milliseconds, also where the node's clock is that of
/// its readings: somebody who cites a number cites it with the date on which it was read.
/// </remarks>
/// <param name="Estimate">What was published.</param>
/// <param name="PublishedFrom">Since when; null where it was published before the history began
/// (<see cref="RevisionHistory.Begins"/>).</param>
/// <param name="PublishedUntil">When the next revision took its place; null for the newest, which is published now.</param>
public sealed record EstimateRevision(Estimate Estimate, DateTimeOffset? PublishedFrom, DateTimeOffset? PublishedUntil);

/// <summary>How far back revisions of estimates are known.</summary>
/// <param name="Begins">The first instant of which they are known; null where they are known from the first estimate on.</param>
/// <param name="Now">The present by the clock that publications are dated with.</param>
public sealed record RevisionHistory(DateTimeOffset? Begins, DateTimeOffset Now);

/// <summary>Which revisions are wanted.</summary>
/// <param name="Area">The area.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Resolution">Hour, day, week or month.</param>
/// <param name="From">Only of estimates that start at or after this instant.</param>
/// <param name="Until">Only of estimates that start before this instant.</param>
/// <param name="Limit">At most this many rows.</param>
public sealed record EstimateRevisionQuery(
    Area Area, Quantity Quantity, Resolution Resolution, DateTimeOffset From, DateTimeOffset Until, int Limit)
{
    /// <summary>Continue after this revision; null to start at the beginning.</summary>
    public (DateTimeOffset Start, DateTimeOffset? PublishedUntil)? After { get; init; }
}
