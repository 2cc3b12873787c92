using CivicSense.Benchmarks.Archive;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Serve;

/// <summary>The plans and the ledger that go with an archive: a plan a day, an entry an hour.</summary>
sealed class ServedLedger(ArchiveShape shape, ClockMode clock)
{
    const decimal Rho = 0.028m;

    /// <summary>The number of the entry that released the first hour; the next hour has the next.</summary>
    public const int FirstWindowEntry = 2;

    readonly double sigma = 1 / Math.Sqrt(2 * (double)Rho);

    /// <summary>The plan of each day.</summary>
    public IEnumerable<ReleasePlan> Plans() =>
        Enumerable.Range(0, shape.Days)
            .Select(day => PlanOf(new PrivacyDay(DateOnly.FromDateTime(ArchiveShape.Begin.UtcDateTime).AddDays(day))));

    /// <summary>All entries.</summary>
    /// <remarks>No plan goes with the first, so that the node does not begin to write data sets of the whole archive.</remarks>
    public IEnumerable<LedgerEntry> Entries()
    {
        var before = new PrivacyDay(DateOnly.FromDateTime(ArchiveShape.Begin.UtcDateTime).AddDays(-1));
        var entry = LedgerEntry.Create(
            new LedgerRecord(1, LedgerEntryKind.Restored, ArchiveShape.Begin, before, null, LedgerEntry.Genesis, 0, LedgerEntry.Genesis, 0),
            LedgerEntry.Genesis);
        yield return entry;
        foreach (var plan in Plans())
        {
            var hash = PlanDocument.Hash(plan);
            foreach (var window in plan.Windows())
            {
                var record = new LedgerRecord(
                    entry.Content.Sequence + 1, LedgerEntryKind.Window, window.End, plan.Day, window, hash, plan.KeyCount,
                    LedgerEntry.Genesis, Rho);
                entry = LedgerEntry.Create(record, entry.Hash);
                yield return entry;
            }
        }
    }

    ReleasePlan PlanOf(PrivacyDay day) => new()
    {
        Day = day,
        TimeZone = "UTC",
        Clock = clock,
        FirstWindow = day.Windows(TimeZoneInfo.Utc)[0],
        LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [.. shape.Areas.Select(area => new PlannedArea(area, 6))],
        Quantities =
            [.. ArchiveShape.Quantities.Select(
                quantity => new PlannedQuantity(quantity, 0.2m, Math.Sqrt(0.2) / quantity.TypicalDayNorm, quantity.ResidualCap))],
        Rho = Rho,
        Sigma = sigma,
        Grid = 1 << 20,
        ActivityWeight = 300_000,
    };
}
