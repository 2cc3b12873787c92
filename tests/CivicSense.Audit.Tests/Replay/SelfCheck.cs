using System.Numerics;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>What must hold of every run by itself.</summary>
static class SelfCheck
{
    public static IEnumerable<string> Problems(Recording run)
    {
        foreach (var problem in run.Problems.Concat(ReleasedTwice(run)).Concat(Budgets(run)))
            yield return problem;
        if (run.Failures.Count > 0 && !run.Incidents.Any(incident => incident.MayFail))
            yield return "a part of the node failed: " + run.Failures[0];
        if (run.Incidents.Any(incident => incident.LosesReleases))
            yield break;
        if (!IsWhatWasDrawn(run))
            yield return "released values are not what the mechanism answered";
        var calls = run.Calls.Where(call => call.Day == run.Place.Day).ToArray();
        if (calls.Length != run.Place.Windows.Count + 1 || calls.Count(run.IsActivity) != 1)
            yield return $"the day has {run.Place.Windows.Count} windows and one activity, but {calls.Length} mechanism calls";
    }

    /// <summary>Every value in the commons is an answer of the mechanism, in the order of the calls; nothing else stands there.</summary>
    static bool IsWhatWasDrawn(Recording run)
    {
        var values = run.Calls.Where(call => !run.IsActivity(call)).SelectMany(call => call.Outputs).Select(value => (long)value);
        var activity = run.Calls.Where(run.IsActivity).SelectMany(call => call.Outputs).Select(value => (long)value);
        return values.SequenceEqual(run.ReleasedValues) && activity.SequenceEqual(run.ReleasedActivity);
    }

    /// <summary>Each window and each day's activity is drawn at most once: there are no more calls than the plans have windows.</summary>
    static IEnumerable<string> ReleasedTwice(Recording run)
    {
        foreach (var ofDay in run.Calls.GroupBy(call => call.Day))
        {
            if (!run.Plans.TryGetValue(ofDay.Key, out var plan))
            {
                yield return $"mechanism was called for {ofDay.Key}, which has no plan";
                continue;
            }
            if (ofDay.Any(call => call.Inputs.Count != plan.KeyCount && call.Inputs.Count != plan.Areas.Length))
                yield return $"mechanism was called without one input for every key of {ofDay.Key}";
            if (ofDay.Count(call => !run.IsActivity(call)) > plan.Windows().Count() || ofDay.Count(run.IsActivity) > 1)
                yield return $"mechanism was called more often than the plan of {ofDay.Key} has windows";
        }
    }

    /// <summary>What is left to an owner only ever falls, and starts no higher than with the reserve taken off.</summary>
    static IEnumerable<string> Budgets(Recording run)
    {
        var known = new Dictionary<(long Day, long Owner), long>();
        foreach (var state in run.Kept)
        {
            if (!state.Vault.Tables.TryGetValue("vault_budget", out var table))
                continue;
            foreach (var row in table.Rows)
            {
                var key = (table.Number(row, "day")!.Value, table.Number(row, "owner_id")!.Value);
                var left = table.Number(row, "remaining")!.Value;
                if (left > (known.TryGetValue(key, out var before) ? before : (long)Reserved(run, state, key.Item1, key.Item2)))
                    yield return $"the budget of owner {key.Item2} has grown by {state.Time:u}";
                known[key] = left;
            }
        }
    }

    /// <summary>Grid^2 less the activity's square for every release area of an owner, from the plan as it is stored.</summary>
    public static BigInteger Reserved(Recording run, PrivateState state, long storedDay, long owner)
    {
        var plan = run.Plans[new PrivacyDay(new DateOnly(1970, 1, 1).AddDays((int)storedDay))];
        var table = state.Vault.Tables["vault_plan_device"];
        var areas = table.Rows.Where(row => table.Number(row, "day") == storedDay && table.Number(row, "owner_id") == owner)
            .Select(row => table.Number(row, "area_index")).Distinct().Count();
        return (BigInteger)plan.Grid * plan.Grid - areas * (BigInteger)plan.ActivityWeight * plan.ActivityWeight;
    }

    /// <summary>
    /// Compares a run with one without the owner-day and one with nothing else on that day: what the owner-day adds to the inputs is what
    /// it adds where it is alone, and what is left of its budget is what those squares leave.
    /// </summary>
    public static IEnumerable<string> OwnPart(Recording data, Recording without, Recording alone)
    {
        if (data.Calls.Count != without.Calls.Count || data.Calls.Count != alone.Calls.Count)
        {
            yield return "own part: the runs have different numbers of mechanism calls";
            yield break;
        }
        for (var index = 0; index < data.Calls.Count; index++)
        {
            if (data.Calls[index].Day != data.Place.Day)
                continue;
            var (all, others, own) = (data.Calls[index].Inputs, without.Calls[index].Inputs, alone.Calls[index].Inputs);
            if (all.Count != others.Count || all.Count != own.Count || !all.Zip(others, (a, b) => a - b).SequenceEqual(own))
                yield return $"own part: in mechanism call {index} the owner-day adds something else among others than alone";
        }

        var stored = data.Place.Day.Date.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        const int Owner = Neighbourhood.Target + 1;
        var (first, last) = (data.Place.Windows[0], data.Place.Windows[^1]);
        foreach (var state in alone.Kept.Where(state => state.ReleasedThrough >= first && state.ReleasedThrough < last))
        {
            var charged = alone.Calls.Take(state.CallsSoFar).Where(call => call.Day == data.Place.Day && !alone.IsActivity(call))
                .SelectMany(call => call.Inputs).Aggregate(BigInteger.Zero, (sum, value) => sum + (BigInteger)value * (BigInteger)value);
            var table = state.Vault.Tables["vault_budget"];
            var row = table.Rows.SingleOrDefault(row => table.Number(row, "day") == stored && table.Number(row, "owner_id") == Owner);
            var midnight = Reserved(alone, state, stored, Owner);
            if (midnight - charged != (row is null ? midnight : table.Number(row, "remaining")!.Value))
                yield return $"own part: at {state.Time:u} the budget is not what the squares of the owner's inputs leave";
        }
    }
}
