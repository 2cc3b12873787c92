using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Storage;
using CivicSense.Vault;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the fence fits the database, who leads the releases, and which ingest processes they wait for.</summary>
static class ReleaseCheck
{
    public static async Task RunAsync(
        NodeSettings settings, OpenedDatabase database, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            if (database.Parts?.Release is { } release)
            {
                var lease = await release.ReleaseLease.ReadAsync(cancellationToken);
                findings.Add(Compare(settings, lease.State, lease is { IsLive: true, IsOurs: false }));
                findings.Add(DescribeLease(lease));
                findings.AddRange(DescribeIngest(settings, await release.IngestRoster.ReadAsync(cancellationToken)));
                return;
            }
            var ledger = await database.Commons.ReadLedgerSummaryAsync(cancellationToken);
            // How far windows were dealt with is private; whether the ledger is the fence's can be seen without.
            findings.Add(Compare(settings, new ReleaseState(new HourWindow(long.MaxValue), ledger.Entries, ledger.Head), othersLead: false));
        }
        catch (VaultUnavailableException exception)
        {
            findings.Add(Finding.Problem("releases", exception.Message));
        }
    }

    static Finding Compare(NodeSettings settings, ReleaseState state, bool othersLead)
    {
        const string subject = "fence";
        try
        {
            return FenceInspection.Compare(settings.FencePath, state) switch
            {
                FenceVerdict.InOrder => Finding.Ok(subject, $"'{settings.FencePath}' agrees with the database."),
                FenceVerdict.Unsettled => Finding.Ok(subject, "a release is on its way into the database, or was when the node ended; the next start settles it."),
                FenceVerdict.Missing or FenceVerdict.FenceIsOlder when othersLead => Finding.Ok(
                    subject, "older than the database, because another process leads. It catches up while this one runs."),
                FenceVerdict.Missing => Finding.Warning(
                    subject, $"'{settings.FencePath}' is not there, although something has been released. Started like this, the node gives up the present "
                    + "day. Was the file moved, or is a disk not mounted? (docs/storage.md)"),
                FenceVerdict.FenceIsOlder => Finding.Warning(
                    subject, "older than the database. Start the process that released last, or put its fence file here; otherwise the present day is given up."),
                _ => Finding.Warning(
                    subject, "knows of releases that the database does not have: was a backup restored? The next start gives up the present day, as it must."),
            };
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(subject, exception.Message);
        }
    }

    static Finding DescribeLease(LeaseReading lease)
    {
        const string subject = "release lease";
        return lease switch
        {
            { Holder: null } => Finding.Ok(subject, "nobody has taken it yet."),
            { IsLive: true } => Finding.Ok(subject, $"held by {NameOf(lease.Holder)}."),
            _ => Finding.Warning(subject, $"held by nobody; last by {NameOf(lease.Holder)}. Nothing is released until a process with the role release or all runs."),
        };
    }

    static IEnumerable<Finding> DescribeIngest(NodeSettings settings, IngestRoster roster)
    {
        const string subject = "ingest processes";
        var timeout = settings.ReleaseOptions.IngestTimeout;
        if (roster.Processes.All(process => process.IsStopped))
        {
            yield return Finding.Warning(subject, "none runs: no reading is taken. Start one with the role ingest or all.");
            yield break;
        }
        foreach (var process in roster.Processes.Where(process => !process.IsStopped))
        {
            var name = NameOf(process.Name);
            var silence = string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, process.Silence.TotalSeconds):0} s ago");
            yield return process.Silence < timeout
                ? Finding.Ok(subject, $"{name} was last heard {silence}.")
                : Finding.Warning(subject, $"{name} ended without saying so; last heard {silence}. Releases go on without it. Start it again under this name.");
        }
    }

    static string NameOf(string name) => name.Length == 0 ? "the process without a name" : $"'{name}'";
}
