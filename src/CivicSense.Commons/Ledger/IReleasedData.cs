namespace CivicSense.Commons;

/// <summary>
/// What was released, and the ledger that fixes it: all that checking a node takes, from its own database or from far away.
/// </summary>
/// <remarks>
/// All lists come in a stable order; <c>limit</c> bounds the rows returned, so one more than a page tells whether there is a next.
/// </remarks>
public interface IReleasedData
{
    /// <summary>The plan of a day, or null if there is none.</summary>
    ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken);

    /// <summary>Noisy measurements ordered by window, area, quantity (by ordinal).</summary>
    ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(MeasurementQuery query, CancellationToken cancellationToken);

    /// <summary>Noisy activity of the days in [<paramref name="from"/>, <paramref name="until"/>), ordered by day and area.</summary>
    ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken);

    /// <summary>Ledger entries with a sequence above <paramref name="afterSequence"/>, in order.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>The ledger's length, head and the days it covers.</summary>
    ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken);
}
