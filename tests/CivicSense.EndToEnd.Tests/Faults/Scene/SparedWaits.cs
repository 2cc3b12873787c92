using System.Globalization;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>Says in the database that time has passed which a test would otherwise wait for. With CIVICSENSE_AUDIT it waits.</summary>
static class SparedWaits
{
    /// <summary>The lease of a process that does not renew it ends after 15 seconds; here at once.</summary>
    public static async Task LetLeaseExpireAsync(this FaultScene scene)
    {
        if (!FaultPlay.IsAudit)
            await scene.SqlAsync("UPDATE vault.release_lease SET expires_at = clock_timestamp() - interval '1 second'");
    }

    /// <summary>
    /// A process that has been killed or stopped has been silent for <see cref="FaultScene.IngestTimeout"/> already. It is watched for ten
    /// seconds more, and all others have as long as before.
    /// </summary>
    public static async Task LetSilenceCountAsync(this FaultScene scene, FaultNode silent)
    {
        if (FaultPlay.IsAudit)
            return;
        await scene.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
            UPDATE vault.ingest_process SET heartbeat = heartbeat - interval '{scene.IngestTimeout.TotalSeconds} seconds'
            WHERE name = '{silent.Name}'
            """));
    }
}
