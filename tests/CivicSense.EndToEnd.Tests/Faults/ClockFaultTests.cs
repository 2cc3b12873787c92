namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// The processes' clocks differ, or somebody sets one of them. One process of everything: <see cref="Durability.ClockTests"/>.
/// </summary>
[Collection(IngestFaultCollection.Name)]
public sealed class ClockFaultTests(FaultServer server)
{
    [Fact]
    public Task Release_whose_clock_is_ahead_waits_for_the_ingest_process_whose_clock_is_behind() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var east = scene.Add("east", "ingest");
            var west = scene.Add("west", "ingest", scene.AddClock(TimeSpan.FromMinutes(-3)));
            var north = scene.Add("north", "release", scene.AddClock(TimeSpan.FromMinutes(3)));
            await Task.WhenAll(east.StartAsync(), west.StartAsync(), north.StartAsync());
            scene.Connect(east, scene.Devices.Take(3));
            var behind = scene.Connect(west, scene.Devices.Skip(3));
            await NextHourAsync(scene);

            await scene.PublishAsync(10);
            // For all but the one in the west the hour is over.
            var window = scene.StepToDue();
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
            await scene.PublishAsync(10, behind, window);
            Assert.True(await scene.Audit.ReleasedThroughAsync() < window);
            await scene.AuditAsync(north);
            scene.StepTo(scene.Clock.Now + TimeSpan.FromMinutes(3));
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(north);
            Assert.Equal(0, await scene.AbsentAsync(window));

            await scene.PublishAsync(10);
            await NextHourAsync(scene);
            await scene.AuditAsync(north);
        });

    [Fact]
    public Task Successor_whose_clock_is_behind_releases_nothing_again_and_the_next_window_when_its_own_clock_says_so() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var sea = scene.Add("sea", "ingest");
            var north = scene.Add("north", "release");
            var south = scene.Add("south", "release", scene.AddClock(TimeSpan.FromMinutes(-3)));
            await Task.WhenAll(sea.StartAsync(), north.StartAsync());
            await south.StartAsync();
            scene.Connect(sea, scene.Devices);
            await scene.NextHourAsync();
            await scene.GoesOnAsync(north, south);
            await north.KillAsync();
            await scene.LetLeaseExpireAsync();
            await scene.PublishAsync(10);
            var window = scene.StepToDue();
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.True(await scene.Audit.ReleasedThroughAsync() < window);
            await scene.AuditAsync(south);
            scene.StepTo(scene.Clock.Now + TimeSpan.FromMinutes(3));
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(south);
        });

    [Fact]
    public Task Ingest_process_whose_clock_is_set_wrong_and_right_again_closes_no_window_early() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var clock = scene.AddClock(TimeSpan.Zero, isSetBySomebody: true);
            var sea = scene.Add("sea", "ingest", clock);
            var north = scene.Add("north", "release");
            await Task.WhenAll(sea.StartAsync(), north.StartAsync());
            scene.Connect(sea, scene.Devices);
            // A process believes its clock when it starts.
            var window = scene.StepToDue();
            await sea.RestartAsync();
            await scene.ReleasedAsync(window);

            await scene.PublishAsync(5);
            clock.StepBy(TimeSpan.FromHours(3));
            await sea.Process.SaysAsync("has jumped ahead");
            // What closes windows looks at the clock every second.
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
            await scene.PublishAsync(5);
            clock.StepBy(TimeSpan.FromHours(-3));
            await sea.Process.SaysAsync("is right again");
            await scene.PublishAsync(5);
            clock.StepBy(TimeSpan.FromHours(-3));
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            clock.StepBy(TimeSpan.FromHours(3));
            await scene.PublishAsync(5);
            await scene.AuditAsync(north);

            window = scene.StepToDue();
            await sea.RestartAsync();
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(north);
            Assert.Equal(0, await scene.AbsentAsync(window));
        });

    /// <summary>Until the hour is over by the slowest clock.</summary>
    static async Task NextHourAsync(FaultScene scene)
    {
        var window = scene.StepToDue();
        scene.StepTo(scene.Clock.Now + TimeSpan.FromMinutes(3));
        await scene.ReleasedAsync(window);
    }
}
