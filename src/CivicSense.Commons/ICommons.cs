namespace CivicSense.Commons;

/// <summary>Reads what the public may see. An implementation cannot reach the vault.</summary>
/// <remarks>
/// All lists come in a stable order; <c>limit</c> bounds the rows returned, so one more than a page tells whether there is a next.
/// </remarks>
public interface ICommons : IReleasedData
{
    /// <summary>The newest plan, or null before the first.</summary>
    ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Estimates of one area, quantity and resolution, ordered by start: the newest revision of each, or that of an instant.
    /// </summary>
    ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// All revisions of estimates of one area, quantity and resolution, ordered by start and, of one estimate, by time of publication.
    /// </summary>
    ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(EstimateRevisionQuery query, CancellationToken cancellationToken);

    /// <summary>How far back revisions of estimates are known.</summary>
    ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken);

    /// <summary>The newest estimate of every area and quantity at a resolution, ordered by area and quantity.</summary>
    ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(Resolution resolution, CancellationToken cancellationToken);

    /// <summary>
    /// The official stations' values that became known in the windows [<paramref name="from"/>, <paramref name="until"/>), ordered by
    /// <see cref="ReferenceValue.KnownFrom"/>, window, station (ordinal) and quantity (by ordinal).
    /// </summary>
    ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
        HourWindow from, HourWindow until, CancellationToken cancellationToken);

    /// <summary>All versions of the model, ordered by quantity (by ordinal) and number.</summary>
    ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// A text that is another one after each change of what can be read here; null where changes are not noticed. What is read after it is
    /// that version or a newer one. Only texts of the same object can be compared.
    /// </summary>
    ValueTask<string?> ReadVersionAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}

/// <summary>Which measurements are wanted.</summary>
public sealed record MeasurementQuery
{
    /// <summary>Only areas equal to or inside this one; null for all.</summary>
    public Area? Within { get; init; }

    /// <summary>Only this quantity; null for all.</summary>
    public Quantity? Quantity { get; init; }

    /// <summary>The first window wanted.</summary>
    public HourWindow From { get; init; } = new(long.MinValue / 3_600_000);

    /// <summary>The first window no longer wanted.</summary>
    public HourWindow Until { get; init; } = new(long.MaxValue / 3_600_000);

    /// <summary>Continue after this key; null to start at the beginning.</summary>
    public (HourWindow Window, Area Area, Quantity Quantity)? After { get; init; }

    /// <summary>At most this many rows.</summary>
    public int Limit { get; init; } = int.MaxValue;
}

/// <summary>Which estimates are wanted.</summary>
/// <param name="Area">The area.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Resolution">Hour, day, week or month.</param>
/// <param name="From">Only those that start at or after this instant.</param>
/// <param name="Until">Only those that start before this instant.</param>
/// <param name="Limit">At most this many rows.</param>
public sealed record EstimateQuery(
    Area Area, Quantity Quantity, Resolution Resolution, DateTimeOffset From, DateTimeOffset Until, int Limit)
{
    /// <summary>
    /// As they were published at this instant; null for the newest revisions. It must lie within <see cref="RevisionHistory"/>: for an
    /// earlier one the answer is that of the history's beginning. Whole milliseconds count.
    /// </summary>
    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>The ledger in one line.</summary>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Head">The hash of the newest, or <see cref="LedgerEntry.Genesis"/>.</param>
/// <param name="Days">How many privacy days have a plan, and so a cost.</param>
/// <param name="RhoSpent">The sum of the plans' rho: the zCDP cost for an owner enrolled on all of those days.</param>
public sealed record LedgerSummary(long Entries, string Head, int Days, decimal RhoSpent);

/// <summary>
/// Keeps estimates for the public to read. Writing one again replaces it, unless the stored one is final. What was replaced by something
/// else stays as a revision (<see cref="EstimateRevision"/>); writing the same again changes nothing.
/// </summary>
public interface IEstimateStore
{
    /// <summary>Writes a batch of estimates. Of several of one time in a batch, only the one that stays is ever published.</summary>
    ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken);
}
