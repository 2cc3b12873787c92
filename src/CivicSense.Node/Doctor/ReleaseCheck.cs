using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the fence fits the database, who leads the releases, and which ingest processes they wait for.</summary>
static class ReleaseCheck
{
    public static async Task RunAsync(
        NodeSettings settings, OpenedDatabase database, TimeProvider time, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            if (database.Parts?.Release is { } release)
            {
                var lease = release.ReleaseLease;
                findings.Add(await FenceCheck.RunAsync(
                    settings.FencePath,
                    async cancel =>
                    {
                        var reading = await lease.ReadAsync(cancel);
                        return (reading.State, reading.IsLive && reading.Holder != lease.Name);
                    },
                    time, cancellationToken));
                findings.Add(DescribeLease(await lease.ReadAsync(cancellationToken)));
                findings.AddRange(await IngestCheck.RunAsync(release.IngestRoster, settings, time, cancellationToken));
                return;
            }
            findings.Add(await FenceCheck.RunAsync(
                settings.FencePath, async cancel => (await ReadPublicAsync(database.Commons, cancel), false), time, cancellationToken));
        }
        catch (VaultUnavailableException exception)
        {
            findings.Add(Finding.Problem("releases", exception.Message));
        }
    }

    /// <summary>How far windows were dealt with is private; whether the ledger is the fence's can be seen without.</summary>
    static async ValueTask<ReleaseState> ReadPublicAsync(ICommons commons, CancellationToken cancellationToken)
    {
        var ledger = await commons.ReadLedgerSummaryAsync(cancellationToken);
        return new ReleaseState(new HourWindow(long.MaxValue), ledger.Entries, ledger.Head);
    }

    static Finding DescribeLease(LeaseReading lease)
    {
        const string subject = "release lease";
        return lease switch
        {
            { Holder: null } => Finding.Ok(subject, "nobody has taken it yet."),
            { IsLive: true } => Finding.Ok(subject, $"held by {IngestCheck.NameOf(lease.Holder)}."),
            _ => Finding.Warning(
                subject, $"held by nobody; last by {IngestCheck.NameOf(lease.Holder)}. "
                    + "Nothing is released until a process with the role release or all runs."),
        };
    }
}
