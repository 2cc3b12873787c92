using CivicSense.Commons;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>Two ingest processes beside one that releases: one of them is missing when a window ends.</summary>
[Collection(IngestFaultCollection.Name)]
public sealed class SeveralIngestFaultTests(FaultServer server)
{
    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    public Task Missing_ingest_process_is_declared_dead_in_the_ledger_and_what_it_acknowledged_is_released(string how) =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            if (FaultPlay.IsAudit)
                scene.IngestTimeout = TimeSpan.FromSeconds(30);
            var (west, north) = await StartAsync(scene);
            await scene.PublishAsync(20);
            await scene.AuditAsync(north);
            // What it has taken and not committed was not acknowledged, and comes too late.
            var commit = west.Line.Trap(Commit.OfReadings, Held.BeforeItBegins);
            var late = scene.PublishLateAsync(scene.Publishers[4]);
            await commit.ReachedAsync();
            if (how == "stopped") west.Pause();
            else await west.KillAsync();
            await scene.LetSilenceCountAsync(west);
            await scene.PublishAsync(10, scene.Publishers.Take(3));
            var window = await scene.NextHourAsync();
            await scene.AuditAsync(north);
            Assert.Equal(1, await scene.AbsentAsync(window));

            if (how == "stopped") west.Continue();
            else await west.StartAsync();
            commit.LetGo();
            await late;
            await scene.GoesOnAsync(north);
            Assert.False(west.Process.HasExited);
            Assert.Equal(0, await scene.AbsentAsync(new HourWindow(window.Index + 1)));
        });

    [Fact]
    public Task Killed_ingest_process_comes_back_under_its_name_at_once_and_its_window_waits_for_it() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (west, north) = await StartAsync(scene);
            await scene.PublishAsync(10);
            var publishing = scene.PublishAsync(30);
            await scene.PauseAsync(40);
            await west.RestartAsync();
            await publishing;
            var window = await scene.NextHourAsync();
            Assert.Equal(0, await scene.AbsentAsync(window));
            await scene.AuditAsync(north);
            await scene.GoesOnAsync(north);
        });

    [Fact]
    public Task Second_process_of_a_name_is_refused_until_the_first_has_gone() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var (west, north) = await StartAsync(scene);
            var twin = scene.Add("west", "ingest");
            await twin.LaunchAsync();
            var end = await twin.Process.ExitAsync();
            Assert.True(end.ExitCode == 1 && end.Errors.Contains("--name", StringComparison.Ordinal), end.ToString());
            await scene.GoesOnAsync(north);
        });

    /// <summary>Half of the devices publish to each.</summary>
    static async Task<(FaultNode West, FaultNode North)> StartAsync(FaultScene scene)
    {
        var east = scene.Add("east", "ingest");
        var west = scene.Add("west", "ingest");
        var north = scene.Add("north", "release");
        await Task.WhenAll(east.StartAsync(), west.StartAsync());
        await north.StartAsync();
        scene.Connect(east, scene.Devices.Take(3));
        scene.Connect(west, scene.Devices.Skip(3));
        await scene.NextHourAsync();
        return (west, north);
    }
}
