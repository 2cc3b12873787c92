namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>A process dies or loses its database while devices publish.</summary>
[Collection(IngestFaultCollection.Name)]
public sealed class IngestFaultTests(FaultServer server)
{
    [Fact]
    public Task Killed_while_devices_publish_it_has_kept_what_it_acknowledged_and_goes_on_at_once_under_its_name() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(5);
            for (var i = 0; i < 2; i++)
            {
                var publishing = scene.PublishAsync(60);
                await scene.PauseAsync(60);
                await node.RestartAsync();
                await publishing;
                await scene.AuditAsync(node);
            }
            await scene.LetLeaseExpireAsync();
            await scene.GoesOnAsync(node);
        });

    [Fact]
    public Task Killed_in_its_commit_before_or_after_it_was_made_it_loses_nothing_acknowledged_and_counts_nothing_twice() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(5);
            foreach (var moment in scene.Moments())
            {
                var commit = node.Line.Trap(Commit.OfReadings, moment);
                var publishing = scene.PublishAsync(20);
                await commit.ReachedAsync();
                await node.KillAsync();
                await commit.DropAsync();
                await node.StartAsync();
                await publishing;
                await scene.AuditAsync(node);
            }
            await scene.LetLeaseExpireAsync();
            await scene.GoesOnAsync(node);
        });

    [Fact]
    public Task Connection_cut_in_its_commit_before_or_after_it_was_made_costs_nothing_and_counts_nothing_twice() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(5);
            foreach (var moment in scene.Moments())
            {
                var commit = node.Line.Trap(Commit.OfReadings, moment);
                var publishing = scene.PublishAsync(20);
                await commit.ReachedAsync();
                node.Line.Cut();
                await commit.DropAsync();
                await scene.PauseAsync(500);
                node.Line.Mend();
                await publishing;
                await scene.AuditAsync(node);
            }
            await scene.LetLeaseExpireAsync();
            await scene.GoesOnAsync(node);
        });
}
