namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The only process that releases dies or loses its database around the commit of a window.</summary>
[Collection(ReleaseFaultCollection.Name)]
public sealed class ReleaseFaultTests(FaultServer server)
{
    [Fact]
    public Task Killed_in_the_commit_of_a_window_before_or_after_it_was_made_it_releases_it_once() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            foreach (var moment in scene.Moments())
            {
                await scene.PublishAsync(10);
                await scene.AuditAsync(node);
                var commit = node.Line.Trap(Commit.OfWindow, moment);
                var window = scene.StepToDue();
                await commit.ReachedAsync();
                await node.KillAsync();
                await commit.DropAsync();
                await scene.LetLeaseExpireAsync();
                await node.StartAsync();
                await scene.ReleasedAsync(window);
                await scene.AuditAsync(node);
            }
            await scene.GoesOnAsync(node);
        });

    [Fact]
    public Task Killed_after_the_commit_of_a_window_it_does_not_release_it_again() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(10);
            var commit = node.Line.Trap(Commit.OfWindow, Held.BeforeItIsKnown);
            var window = scene.StepToDue();
            await commit.ReachedAsync();
            await scene.AuditAsync();
            commit.LetGo();
            await scene.PauseAsync(30);
            await node.RestartAsync();
            await scene.LetLeaseExpireAsync();
            await scene.ReleasedAsync(window);
            await scene.AuditAsync(node);
            await scene.GoesOnAsync(node);
        });

    [Fact]
    public Task Connection_cut_in_the_commit_of_a_window_before_or_after_it_was_made_it_releases_it_once() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            foreach (var moment in scene.Moments())
            {
                await scene.PublishAsync(10);
                await scene.AuditAsync(node);
                var commit = node.Line.Trap(Commit.OfWindow, moment);
                var window = scene.StepToDue();
                await commit.ReachedAsync();
                node.Line.Cut();
                await commit.DropAsync();
                await scene.PauseAsync(500);
                node.Line.Mend();
                await scene.ReleasedAsync(window);
                await scene.AuditAsync(node);
            }
            await scene.GoesOnAsync(node);
            Assert.False(node.Process.HasExited);
        });
}
