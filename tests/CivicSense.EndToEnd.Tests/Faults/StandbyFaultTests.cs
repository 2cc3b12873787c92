using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// The server dies, and a standby that replicates without anybody waiting for it takes its place: the last commits are missing there, and
/// with them a release that the public has seen.
/// </summary>
public sealed class StandbyFaultTests
{
    [Fact]
    public async Task Leader_notices_that_the_promoted_standby_lacks_a_release_stops_and_gives_up_the_day_when_it_starts_again()
    {
        await using var own = new FaultServer();
        await FaultPlay.PlayAsync(own, async scene =>
        {
            var node = await scene.StartOneAsync();
            await using var standby = await StandbyAsync(scene, node);
            await scene.GoesOnAsync(node);
            var published = await scene.Audit.LedgerAsync();
            await PromoteAsync(scene, standby);

            var end = await node.ExitAsync();
            Assert.True(end.ExitCode == 1 && end.Errors.Contains("not the one that the last release went to", StringComparison.Ordinal),
                end.ToString());
            await node.StartAsync();
            await scene.LetLeaseExpireAsync();
            await scene.GivesUpDayAsync(published, node);
        });
    }

    [Fact]
    public async Task Follower_that_has_seen_the_lost_release_leads_after_a_leader_that_died_with_the_server_and_gives_up_the_day()
    {
        await using var own = new FaultServer();
        await FaultPlay.PlayAsync(own, async scene =>
        {
            var sea = scene.Add("sea", "ingest");
            var north = scene.Add("north", "release");
            var south = scene.Add("south", "release");
            await Task.WhenAll(sea.StartAsync(), north.StartAsync());
            await south.StartAsync();
            scene.Connect(sea, scene.Devices);
            await scene.NextHourAsync();
            await using var standby = await StandbyAsync(scene, north);
            await scene.GoesOnAsync(north, south);
            var published = await scene.Audit.LedgerAsync();
            await north.KillAsync();
            await PromoteAsync(scene, standby);

            await scene.LetLeaseExpireAsync();
            await scene.GivesUpDayAsync(published, south);
            // The one that died knows more than the database, too, but its day is over.
            await north.StartAsync();
            await scene.GoesOnAsync(south, north);
            Assert.False(sea.Process.HasExited || south.Process.HasExited);
        });
    }

    /// <summary>A standby that has everything of this moment and nothing that comes later.</summary>
    static async Task<MortalPostgres> StandbyAsync(FaultScene scene, FaultNode node)
    {
        var standby = await scene.Postgres.StartStandbyAsync();
        try
        {
            await scene.GoesOnAsync(node);
            var there = new FaultAudit(standby.ConnectionString(scene.Database));
            await FaultScene.UntilAsync(
                async () => await there.HeadAsync() == await scene.Audit.HeadAsync(), () => "The standby does not follow.");
            var status = await NodeProcess.RunAsync("db", "status", "--connection", scene.AdministratorConnection);
            Assert.Contains("synchronous_standby_names", status.Output, StringComparison.Ordinal);
            await standby.StopAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    static async Task PromoteAsync(FaultScene scene, MortalPostgres standby)
    {
        await scene.Postgres.KillAsync();
        await standby.StartAsync();
        await standby.PromoteAsync();
        scene.MoveTo(standby);
    }
}
