using System.Collections.Concurrent;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Makes the <see cref="Catalogue"/> and keeps it for a moment, so that requests that come together read it once.</summary>
sealed class CatalogueSource(ICommons commons, TimeProvider clock) : IDisposable
{
    /// <summary>How long a catalogue may be behind: far less than the minute that answers may be kept for.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    const int MaximumFirstStarts = 100_000;

    readonly SemaphoreSlim making = new(1);
    readonly ConcurrentDictionary<string, TimeInterval> firsts = new(StringComparer.Ordinal);
    volatile Kept? kept;
    DateTimeOffset? knownSince;

    public async ValueTask<Catalogue> GetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } current) return current;
        await making.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } other) return other;
            var made = clock.GetTimestamp();
            var catalogue = await MakeAsync(cancellationToken);
            kept = new Kept(catalogue, made);
            return catalogue;
        }
        finally
        {
            making.Release();
        }
    }

    /// <summary>What the first estimate of a Datastream covers. Read once: nothing comes before the first.</summary>
    public async ValueTask<TimeInterval> FirstAsync(Datastream stream, QueryBudget budget)
    {
        if (firsts.TryGetValue(stream.Id, out var known)) return known;
        if (budget.IsReadingSpent) throw budget.Refusal;
        budget.AddRead();
        var read = await commons.ReadEstimatesAsync(
            new EstimateQuery(stream.Area, stream.Quantity, stream.Resolution, DateTimeOffset.UnixEpoch, stream.Latest.End, 1),
            budget.Aborted);
        var first = read.Count > 0 ? read[0] : stream.Latest;
        if (firsts.Count >= MaximumFirstStarts) firsts.Clear();
        return firsts[stream.Id] = new TimeInterval(first.Start.ToUniversalTime(), first.End.ToUniversalTime());
    }

    public void Dispose() => making.Dispose();

    Catalogue? Fresh() => kept is { } last && clock.GetElapsedTime(last.Made) < Freshness ? last.Catalogue : null;

    async ValueTask<Catalogue> MakeAsync(CancellationToken cancellationToken)
    {
        var plan = await commons.FindLatestPlanAsync(cancellationToken);
        var latest = new List<Estimate>();
        foreach (var resolution in Enum.GetValues<Resolution>())
            latest.AddRange(await commons.ReadLatestEstimatesAsync(resolution, cancellationToken));
        knownSince ??= await FindFirstPlanAsync(cancellationToken);
        return new Catalogue(plan, knownSince ?? plan?.FirstWindow.Start ?? DateTimeOffset.UnixEpoch, latest);
    }

    async ValueTask<DateTimeOffset?> FindFirstPlanAsync(CancellationToken cancellationToken)
    {
        var entries = await commons.ReadLedgerAsync(0, 1, cancellationToken);
        if (entries.Count == 0) return null;
        var plan = await commons.FindPlanAsync(entries[0].Content.Day, cancellationToken);
        return plan?.FirstWindow.Start;
    }

    sealed record Kept(Catalogue Catalogue, long Made);
}
