using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>What two runs on neighbours differ in that they must not differ in.</summary>
/// <param name="SquaredDistance">How far the mechanism's inputs of the changed day lie apart; null where they cannot be compared.</param>
/// <param name="SquaredBound">Grid^2: what one owner-day may move, absent or present.</param>
/// <param name="Findings">One sentence each; empty if nothing leaks.</param>
sealed record Verdict(BigInteger? SquaredDistance, BigInteger SquaredBound, IReadOnlyList<string> Findings)
{
    /// <summary>The distance in units of the bound.</summary>
    public double Reached => SquaredDistance is { } distance ? (double)distance / (double)SquaredBound : double.PositiveInfinity;
}

/// <summary>Compares runs. docs/privacy/replay.md says what is compared and what is exempt.</summary>
static partial class Comparison
{
    /// <summary>The one line that may differ: the steward's totals of the whole node (docs/decisions/0009-no-public-totals.md).</summary>
    const string ExemptCategory = "CivicSense.Ingestion.IngestionReport";
    const int ExemptLine = 2002;

    /// <summary>Compares a recorded run with one on a neighbour that was given the same answers.</summary>
    /// <param name="data">The recorded run.</param>
    /// <param name="neighbour">The run on the neighbour.</param>
    /// <param name="ownerDays">0 if nothing may move, 1 where a day is absent, 4 where it is replaced: times Grid^2.</param>
    public static Verdict Compare(Recording data, Recording neighbour, int ownerDays)
    {
        var findings = new List<string>();
        findings.AddRange(SelfCheck.Problems(data).Select(problem => "recorded run: " + problem));
        findings.AddRange(SelfCheck.Problems(neighbour).Select(problem => "neighbour: " + problem));
        var bound = (BigInteger)data.Plan.Grid * data.Plan.Grid;
        var distance = Distance(data, neighbour, findings);
        if (distance > ownerDays * bound)
            findings.Add($"mechanism inputs: squared distance is {(double)distance / (double)bound:F6} Grid^2, allowed is {ownerDays}");

        CompareLists("failures", data.Failures, neighbour.Failures, findings);
        CompareTables("published", data.Published, neighbour.Published, static (_, _, _) => true, findings);
        ComparePublicAnswers(data, neighbour, findings);
        CompareLogs(data, neighbour, findings);
        CompareDeviceAnswers(data, neighbour, findings);
        ComparePrivateStates(data, neighbour, findings);
        return new Verdict(distance, bound, findings);
    }

    static BigInteger? Distance(Recording data, Recording neighbour, List<string> findings)
    {
        if (data.Calls.Count != neighbour.Calls.Count)
        {
            findings.Add($"mechanism calls: {data.Calls.Count} and {neighbour.Calls.Count}");
            return null;
        }
        var distance = BigInteger.Zero;
        for (var index = 0; index < data.Calls.Count; index++)
        {
            var (left, right) = (data.Calls[index], neighbour.Calls[index]);
            if (left.Day != right.Day || left.Inputs.Count != right.Inputs.Count)
            {
                findings.Add($"mechanism call {index}: {left.Inputs.Count} inputs of {left.Day} and {right.Inputs.Count} of {right.Day}");
                return null;
            }
            var squared = left.Inputs.Zip(right.Inputs, (a, b) => (BigInteger)a - (BigInteger)b)
                .Aggregate(BigInteger.Zero, (sum, difference) => sum + difference * difference);
            if (left.Day == data.Place.Day) distance += squared;
            else if (!squared.IsZero) findings.Add($"mechanism call {index}: inputs of {left.Day} differ, a day with equal data");
        }
        return distance;
    }

    static void ComparePublicAnswers(Recording data, Recording neighbour, List<string> findings)
    {
        if (data.PublicAnswers.Count != neighbour.PublicAnswers.Count)
            findings.Add($"public answers: {data.PublicAnswers.Count} and {neighbour.PublicAnswers.Count}");
        foreach (var (left, right) in data.PublicAnswers.Zip(neighbour.PublicAnswers))
        {
            if (left.Address != right.Address)
                findings.Add($"public answers: {left.Address} where the other run has {right.Address}");
            else
                CompareLists("answer to " + left.Address, left.Answer.Split('\n'), right.Answer.Split('\n'), findings);
        }
    }

    static void CompareLogs(Recording data, Recording neighbour, List<string> findings)
    {
        foreach (var category in data.Logs.Keys.Union(neighbour.Logs.Keys, StringComparer.Ordinal))
        {
            CompareLists(
                "log " + category,
                Lines(data.Logs.GetValueOrDefault(category)), Lines(neighbour.Logs.GetValueOrDefault(category)), findings);

            string[] Lines(LogLine[]? lines) => [.. (lines ?? []).Select(line => Line(category, line))];
        }
    }

    static string Line(string category, LogLine line) =>
        category == ExemptCategory && line.Id == ExemptLine && Totals().IsMatch(line.Text)
            ? string.Create(CultureInfo.InvariantCulture, $"{line.Time:u} {line.Level} {line.Id} (totals)")
            : string.Create(CultureInfo.InvariantCulture, $"{line.Time:u} {line.Level} {line.Id} {line.Text}");

    [GeneratedRegex(
        @"^Since the start: \d+ messages, \d+ readings accepted, \d+ refused\. ([A-Za-z]+ \d+(, [A-Za-z]+ \d+)*)?$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Totals();

    static void CompareDeviceAnswers(Recording data, Recording neighbour, List<string> findings)
    {
        foreach (var sensor in data.Place.Sensors.Where(sensor => sensor.Household != Neighbourhood.Target))
        {
            CompareLists(
                "answers to " + sensor.Name, data.DeviceAnswers.GetValueOrDefault(sensor.Name) ?? [],
                neighbour.DeviceAnswers.GetValueOrDefault(sensor.Name) ?? [], findings);
        }
    }

    static void ComparePrivateStates(Recording data, Recording neighbour, List<string> findings)
    {
        if (data.Kept.Count != neighbour.Kept.Count)
        {
            findings.Add($"private state: {data.Kept.Count} and {neighbour.Kept.Count} moments");
            return;
        }
        foreach (var (left, right) in data.Kept.Zip(neighbour.Kept))
        {
            if (left.Time != right.Time || left.ReleasedThrough != right.ReleasedThrough || left.CallsSoFar != right.CallsSoFar)
            {
                findings.Add(
                    $"private state: {left.Time:u} through {left.ReleasedThrough}, and {right.Time:u} through {right.ReleasedThrough}");
            }
            // Once its windows are released nothing of the owner-day may be left, so then nothing is left out of the comparison.
            var isOver = left.ReleasedThrough >= data.Place.Windows[^1];
            CompareTables(
                $"private state at {left.Time:u}", left.Vault, right.Vault,
                (table, text, row) => isOver || !IsOwnerDay(data.Place, table, text, row), findings);
            CompareLists($"fence at {left.Time:u}", [left.Fence], [right.Fence], findings);
        }
    }

    /// <summary>Whether a row holds the target's data of the changed day.</summary>
    static bool IsOwnerDay(Neighbourhood place, string table, TableText text, string[] row)
    {
        if (table == "vault_contribution")
        {
            var sensor = place.SensorOfDevice((int)text.Number(row, "device_id")!.Value);
            return sensor.Household == Neighbourhood.Target
                && PrivacyDay.Of(new HourWindow(text.Number(row, "window")!.Value), place.Zone) == place.Day;
        }
        return table is "vault_budget" or "vault_active_owner"
            && text.Number(row, "owner_id") == Neighbourhood.OwnerId(Neighbourhood.Target)
            && text.Number(row, "day") == place.Day.Date.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
    }

    static void CompareTables(
        string what, DatabaseText left, DatabaseText right, Func<string, TableText, string[], bool> wanted, List<string> findings)
    {
        foreach (var table in left.Tables.Keys.Union(right.Tables.Keys, StringComparer.Ordinal))
        {
            CompareLists($"{what}, table {table}", Lines(left), Lines(right), findings);

            string[] Lines(DatabaseText database) => database.Tables.TryGetValue(table, out var text)
                ? [string.Join(" | ", text.Columns), .. text.Lines(row => wanted(table, text, row))]
                : ["(no such table)"];
        }
    }

    static void CompareLists(string what, IReadOnlyList<string> left, IReadOnlyList<string> right, List<string> findings)
    {
        if (left.SequenceEqual(right, StringComparer.Ordinal))
            return;
        var index = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
        var (here, there) = (left.ElementAtOrDefault(index), right.ElementAtOrDefault(index));
        findings.Add($"{what}: line {index} of {left.Count} and {right.Count}: '{here}' and '{there}'");
    }
}
