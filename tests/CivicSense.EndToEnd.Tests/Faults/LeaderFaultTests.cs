namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>Two release processes beside one that ingests: the one that leads dies or stands still, and the other takes over.</summary>
[Collection(ReleaseFaultCollection.Name)]
public sealed class LeaderFaultTests(FaultServer server)
{
    [Fact]
    public Task Leader_killed_in_the_commit_of_a_window_before_or_after_it_was_made_is_followed_by_another_that_releases_it_once() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (leader, other) = await StartAsync(scene);
            foreach (var moment in scene.Moments())
            {
                await scene.PublishAsync(10);
                await scene.AuditAsync(leader, other);
                var commit = leader.Line.Trap(Commit.OfWindow, moment);
                var window = await scene.StepToDueAsync(other);
                await commit.ReachedAsync();
                await leader.KillAsync();
                await commit.DropAsync();
                await scene.LetLeaseExpireAsync();
                await scene.ReleasedAsync(window);
                // It may have been released before the leader died: then only the lease says that another leads.
                await scene.LeadsAsync(other);
                await scene.AuditAsync(other);
                // It comes back, and follows.
                await leader.StartAsync();
                await scene.GoesOnAsync(other, leader);
                (leader, other) = (other, leader);
            }
        });

    [Fact]
    public Task Leader_killed_after_the_commit_of_a_window_is_followed_by_another_that_releases_the_next() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (north, south) = await StartAsync(scene);
            await scene.PublishAsync(10);
            var commit = north.Line.Trap(Commit.OfWindow, Held.BeforeItIsKnown);
            var window = await scene.StepToDueAsync(south);
            await commit.ReachedAsync();
            commit.LetGo();
            await scene.PauseAsync(30);
            await north.KillAsync();
            await scene.LetLeaseExpireAsync();
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(south);
            await scene.GoesOnAsync(south);
        });

    [Fact]
    public Task Paused_leader_is_followed_by_another_when_its_lease_has_expired_and_follows_when_it_wakes() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (north, south) = await StartAsync(scene);
            await scene.PublishAsync(10);
            await scene.AuditAsync(north, south);
            north.Pause();
            // By the database's clock, and waited for in earnest.
            Assert.Equal(true, await scene.Audit.ScalarAsync(
                "SELECT expires_at <= clock_timestamp() + interval '15 seconds' FROM vault.release_lease WHERE holder = 'north'"));
            var window = scene.StepToDue();
            await scene.ReleasedAsync(window);
            Assert.Equal("south", await scene.Audit.ScalarAsync("SELECT holder FROM vault.release_lease"));
            await scene.AuditAsync(south);
            north.Continue();
            await scene.GoesOnAsync(south, north);
            Assert.False(north.Process.HasExited);
            // And leads again when it has to.
            await south.KillAsync();
            await scene.LetLeaseExpireAsync();
            await scene.GoesOnAsync(north);
        });

    [Fact]
    public Task Leader_paused_in_the_middle_of_a_release_does_not_block_the_other_and_publishes_nothing_when_it_wakes() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (north, south) = await StartAsync(scene);
            await scene.PublishAsync(10);
            await scene.AuditAsync(north, south);
            var commit = north.Line.Trap(Commit.OfWindow, Held.BeforeItIsMade);
            var window = await scene.StepToDueAsync(south);
            await commit.ReachedAsync();
            north.Pause();
            await scene.LetLeaseExpireAsync();
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(south);
            commit.LetGo();
            north.Continue();
            await scene.GoesOnAsync(south, north);
            Assert.False(north.Process.HasExited);
        });

    [Fact]
    public Task Leader_whose_connection_is_cut_is_followed_by_another_and_follows_when_it_is_mended() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (north, south) = await StartAsync(scene);
            await scene.PublishAsync(10);
            await scene.AuditAsync(north, south);
            var commit = north.Line.Trap(Commit.OfWindow, scene.Random.Next(2) == 0 ? Held.BeforeItIsMade : Held.BeforeItIsKnown);
            var window = await scene.StepToDueAsync(south);
            await commit.ReachedAsync();
            north.Line.Cut();
            await commit.DropAsync();
            await scene.LetLeaseExpireAsync();
            await scene.ReleasedAsync(window);
            // Before the clock goes on by an hour, over which nobody remembers that the other vouched.
            await scene.AuditAsync(south);
            await scene.GoesOnAsync(south);
            north.Line.Mend();
            await scene.GoesOnAsync(south, north);
            Assert.False(north.Process.HasExited);
        });

    /// <summary>The first leads, the second has seen it lead.</summary>
    static async Task<(FaultNode North, FaultNode South)> StartAsync(FaultScene scene)
    {
        var sea = scene.Add("sea", "ingest");
        var north = scene.Add("north", "release");
        var south = scene.Add("south", "release");
        // The server ends a stopped transaction after 30 seconds; here after ten, unless there is time.
        north.Line.IdleLimit = FaultPlay.IsAudit ? null : "10";
        await Task.WhenAll(sea.StartAsync(), north.StartAsync());
        await south.StartAsync();
        scene.Connect(sea, scene.Devices);
        await scene.NextHourAsync();
        Assert.Equal("north", await scene.Audit.ScalarAsync("SELECT holder FROM vault.release_lease"));
        await scene.AuditAsync(north, south);
        return (north, south);
    }
}
