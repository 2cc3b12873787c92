using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the processes that take readings live and close their hours, because releases wait for them.</summary>
static class IngestCheck
{
    const string Subject = "ingest processes";

    /// <summary>How far clocks that are right may be apart, and how long an hour takes to close.</summary>
    static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>A process closes what is due every second, and says so.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Looks at them, and once more after a moment where one is behind: it may be about to close the hour, or have just started.
    /// </summary>
    /// <exception cref="VaultUnavailableException">They cannot be read now.</exception>
    public static async Task<IReadOnlyList<Finding>> RunAsync(
        IIngestRoster roster, NodeSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = await LookAsync();
        if (findings.All(finding => finding.Level == FindingLevel.Ok))
            return findings;
        await Task.Delay(Pause, time, cancellationToken);
        return await LookAsync();

        async Task<List<Finding>> LookAsync()
        {
            // Before the roster is read: what is due then has been due for as long.
            var now = time.GetUtcNow();
            return [.. Describe(await roster.ReadAsync(cancellationToken), settings, now)];
        }
    }

    /// <summary>What a message calls a process.</summary>
    public static string NameOf(string name) => name.Length == 0 ? "the process without a name" : $"'{name}'";

    static IEnumerable<Finding> Describe(IngestRoster roster, NodeSettings settings, DateTimeOffset now)
    {
        if (roster.Processes.All(process => process.IsStopped))
        {
            yield return Finding.Warning(Subject, "none runs: no reading is taken. Start one with the role ingest or all.");
            yield break;
        }
        var running = roster.Processes.Where(process => !process.IsStopped).ToList();
        var timeout = settings.ReleaseOptions.IngestTimeout;
        var newest = running.Max(process => process.ClosedThrough?.Index);
        foreach (var process in running)
        {
            var silence = Math.Max(0, process.Silence.TotalSeconds);
            var heard = string.Create(CultureInfo.InvariantCulture, $"{NameOf(process.Name)} was last heard {silence:0} s ago");
            var delay = settings.Clock == ClockMode.Wall
                ? FindDelay(process, roster.ReleasedThrough, newest, settings.ReleaseOptions.Lateness, now)
                : null;
            if (process.Silence >= timeout)
            {
                yield return Finding.Warning(
                    Subject, $"{heard} and ended without saying so. Releases go on without it. Start it again under this name.");
            }
            else
            {
                yield return delay is null ? Finding.Ok(Subject, $"{heard}.") : Finding.Warning(Subject, $"{heard}, {delay}");
            }
        }
    }

    /// <summary>In what a process that lives is not where it should be; null where it is.</summary>
    static string? FindDelay(IngestProcess process, HourWindow? released, long? newest, TimeSpan lateness, DateTimeOffset now)
    {
        var due = NewestDue(now - Tolerance - lateness);
        // Nobody waits for an hour that has been released.
        if (!(released >= due) && !(process.ClosedThrough >= due))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"and has not closed the hour that ended at {due.End:u}. The release waits for it. ")
                + "Is its machine's clock right (NTP), or does it start again and again?";
        }
        if (newest > Math.Max(process.ClosedThrough?.Index ?? long.MinValue, released?.Index ?? long.MinValue))
            return "and is behind the others, for which the hour has ended already. Are the clocks of all machines right (NTP)?";
        // A day that was given up is closed to its end.
        return process.ClosedThrough > NewestDue(now + Tolerance - lateness) && !(released >= process.ClosedThrough)
            ? "and has closed an hour that has not ended by this machine's clock. What is measured in it is late there. "
                + "Are the clocks of both machines right (NTP)?"
            : null;
    }

    static HourWindow NewestDue(DateTimeOffset time) => new(HourWindow.Containing(time).Index - 1);
}
