namespace CivicSense.Commons;

/// <summary>Checks the whole ledger against itself, the plans and the released values. Needs nothing but public data.</summary>
public sealed class LedgerVerifier(IReleasedData commons)
{
    const int PageSize = 1000;

    /// <summary>After so many, checking ends: a node that lies can go on with it for ever.</summary>
    const int MostProblems = 500;

    readonly List<string> problems = [];
    readonly Dictionary<PrivacyDay, ReleasePlan?> plans = [];
    readonly HashSet<HourWindow> windows = [];
    readonly HashSet<PrivacyDay> closedDays = [];
    long values;
    long length;
    string head = LedgerEntry.Genesis;
    bool isBroken;
    bool isUnreadable;

    bool IsEnough => problems.Count >= MostProblems;

    /// <summary>
    /// Reads everything once, in order, or until hundreds of problems are found. What is released meanwhile is checked, too.
    /// </summary>
    public async ValueTask<LedgerVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        problems.Clear();
        plans.Clear();
        windows.Clear();
        closedDays.Clear();
        (values, length, head, isBroken, isUnreadable) = (0, 0, LedgerEntry.Genesis, false, false);
        await ReadOnAsync(cancellationToken);
        if (!isBroken && !IsEnough)
        {
            await CheckHeadAsync(cancellationToken);
            await CheckUncoveredAsync(cancellationToken);
        }
        if (IsEnough)
            problems.Add("There may be more problems: checking ended here.");
        return new LedgerVerdict(length, head, values, [.. problems]);
    }

    async ValueTask CheckHeadAsync(CancellationToken cancellationToken)
    {
        LedgerSummary summary;
        long read;
        do
        {
            (read, summary) = (length, await commons.ReadLedgerSummaryAsync(cancellationToken));
            if (summary.Entries > read)
                await ReadOnAsync(cancellationToken);
        }
        while (length > read);
        if (summary.Entries != length || summary.Head != head)
            problems.Add("The ledger's stored head is not the hash of its newest entry.");
    }

    /// <summary>Checks the entries that have not been read yet.</summary>
    async ValueTask ReadOnAsync(CancellationToken cancellationToken)
    {
        while (!isBroken && !isUnreadable && !IsEnough && await ReadPageAsync(length, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var entry in page)
            {
                if (entry.Content.Sequence <= length)
                {
                    // Reading on would begin again at an earlier entry, for ever.
                    problems.Add($"Entry {entry.Content.Sequence} stands after entry {length}: checking ends here.");
                    isBroken = true;
                    return;
                }
                if (entry.Content.Sequence - 1 != length)
                    problems.Add($"Entry {entry.Content.Sequence} stands where {length + 1} is due.");
                if (entry.PreviousHash != head)
                    problems.Add($"Entry {entry.Content.Sequence} does not follow the entry before it: an entry was changed, "
                        + "removed or put in.");
                await CheckValuesAsync(entry, cancellationToken);
                length = entry.Content.Sequence;
                head = entry.Hash;
            }
        }
    }

    async ValueTask<IReadOnlyList<LedgerEntry>> ReadPageAsync(long afterSequence, CancellationToken cancellationToken)
    {
        try
        {
            return await commons.ReadLedgerAsync(afterSequence, PageSize, cancellationToken);
        }
        catch (FormatException)
        {
            problems.Add($"One of the {PageSize} entries after entry {afterSequence} is no ledger entry: checking ends here.");
            isUnreadable = true;
            return [];
        }
    }

    async ValueTask CheckValuesAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var record = entry.Content;
        if (record.Kind != LedgerEntryKind.Restored)
            await CheckPlanAsync(record, cancellationToken);

        var (count, hash) = record.Kind switch
        {
            LedgerEntryKind.Window => await MeasurementsAsync(record, cancellationToken),
            LedgerEntryKind.Activity => await ActivityAsync(record, cancellationToken),
            _ => (0, ValuesHash.OfNothing),
        };
        values += count;
        if (count != record.Keys || hash != record.ValuesHash)
            problems.Add($"Entry {record.Sequence}: the released values are not the ones that the ledger fixed.");
        var isNew = record.Kind switch
        {
            LedgerEntryKind.Window => record.Window is not { } window || windows.Add(window),
            LedgerEntryKind.Activity => closedDays.Add(record.Day),
            _ => true,
        };
        if (!isNew)
            problems.Add($"Entry {record.Sequence} releases what an earlier entry has released already.");
    }

    async ValueTask CheckPlanAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(record.Day, cancellationToken);
        if (plan is null || PlanDocument.Hash(plan) != record.PlanHash)
            problems.Add($"Entry {record.Sequence}: the plan of {record.Day} is not the one that the ledger fixed.");
        else if (plan.Rho != record.Rho)
            problems.Add($"Entry {record.Sequence}: its rho is not that of the plan of {record.Day}.");
    }

    /// <summary>Looks for released values that no entry speaks of.</summary>
    async ValueTask CheckUncoveredAsync(CancellationToken cancellationToken)
    {
        var query = new MeasurementQuery { Limit = 1 };
        while (!IsEnough && await commons.ReadMeasurementsAsync(query, cancellationToken) is [var first, ..])
        {
            if (!windows.Contains(first.Window))
                await ReadOnAsync(cancellationToken);
            if (!windows.Contains(first.Window))
                problems.Add($"Values of {first.Window} are published, but the ledger does not say so.");
            query = query with { From = first.Window.Next };
        }
        if (IsEnough)
            return;
        var activity = await commons.ReadActivityAsync(
            new PrivacyDay(DateOnly.MinValue), new PrivacyDay(DateOnly.MaxValue), cancellationToken);
        if (activity.Any(value => !closedDays.Contains(value.Day)))
            await ReadOnAsync(cancellationToken);
        foreach (var day in activity.Select(value => value.Day).Distinct().Where(day => !closedDays.Contains(day)).Take(MostProblems))
            problems.Add($"The activity of {day} is published, but the ledger does not say so.");
    }

    async ValueTask<(int Count, string Hash)> MeasurementsAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        if (record.Window is not { } window)
            return (-1, "");
        var measurements =
            await commons.ReadMeasurementsAsync(new MeasurementQuery { From = window, Until = window.Next }, cancellationToken);
        return (measurements.Count, ValuesHash.Of(measurements));
    }

    async ValueTask<(int Count, string Hash)> ActivityAsync(LedgerRecord record, CancellationToken cancellationToken)
    {
        var activity = await commons.ReadActivityAsync(record.Day, record.Day.Next, cancellationToken);
        return (activity.Count, ValuesHash.Of(activity));
    }

    async ValueTask<ReleasePlan?> PlanAsync(PrivacyDay day, CancellationToken cancellationToken)
    {
        if (!plans.TryGetValue(day, out var plan))
        {
            try
            {
                plan = await commons.FindPlanAsync(day, cancellationToken);
            }
            catch (FormatException)
            {
                plan = null;
            }
            plans[day] = plan;
        }
        return plan;
    }
}

/// <summary>What checking the ledger has shown.</summary>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Head">The hash of the newest.</param>
/// <param name="Values">How many released values were checked.</param>
/// <param name="Problems">What is wrong, one sentence each; empty if the ledger is whole.</param>
public sealed record LedgerVerdict(long Entries, string Head, long Values, IReadOnlyList<string> Problems);
