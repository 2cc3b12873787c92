using CivicSense.EndToEnd.Tests.Durability;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>A node of one process becomes one of several, as docs/scale-out.md says, between two readings of an hour.</summary>
[Collection(ReleaseFaultCollection.Name)]
public sealed class ScaleOutFaultTests(FaultServer server)
{
    [Fact]
    public Task One_process_becomes_several_and_nothing_is_lost_or_released_twice() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var alone = await StartAloneAsync(scene);
            await alone.StopAsync();

            var first = scene.Add("release-1", "release");
            MoveFence(alone, first);
            var second = scene.Add("release-2", "release");
            await SpreadAsync(scene, first, second);

            // The hour that the one process had begun, and a whole one of the several.
            await scene.GoesOnAsync(first, second);
            await scene.GoesOnAsync(first, second);
            // And back to two hands when one of them goes.
            await first.KillAsync();
            await scene.LetLeaseExpireAsync();
            await scene.GoesOnAsync(second);
        });

    [Fact]
    public Task Fence_that_was_forgotten_is_asked_for_and_costs_nothing_when_it_is_brought() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var alone = await StartAloneAsync(scene);
            await alone.StopAsync();

            var first = scene.Add("release-1", "release");
            var second = scene.Add("release-2", "release");
            await SpreadAsync(scene, first, second);
            await first.Process.SaysAsync("Nobody releases: the process without a name released last");
            await scene.PublishAsync(10);
            await Task.WhenAll(first.StopAsync(), second.StopAsync());
            MoveFence(alone, first);
            await Task.WhenAll(first.StartAsync(), second.StartAsync());

            await scene.GoesOnAsync(first, second);
        });

    /// <summary>A process without a name, in the middle of an hour.</summary>
    static async Task<FaultNode> StartAloneAsync(FaultScene scene)
    {
        var alone = scene.Add(null);
        await alone.StartAsync();
        Devices(scene, _ => alone);
        await scene.NextHourAsync();
        await scene.GoesOnAsync(alone);
        await scene.PublishAsync(20);
        return alone;
    }

    /// <summary>Starts all of the several processes, and lets the devices connect to those of them that take readings.</summary>
    static async Task SpreadAsync(FaultScene scene, params FaultNode[] release)
    {
        FaultNode[] ingest = [scene.Add("ingest-1", "ingest"), scene.Add("ingest-2", "ingest")];
        await Task.WhenAll(release.Concat(ingest).Select(node => node.StartAsync()));
        Devices(scene, i => ingest[i % ingest.Length]);
        await scene.PublishAsync(20);
    }

    /// <summary>Where devices go from now on. What they know to be stored they still know.</summary>
    static void Devices(FaultScene scene, Func<int, FaultNode> nodeOf)
    {
        if (scene.Publishers.Count == 0)
            scene.Publishers.AddRange(
                scene.Devices.Select(device => new PersistentPublisher(device, () => throw new InvalidOperationException("Nowhere."))));
        for (var i = 0; i < scene.Publishers.Count; i++)
            scene.Publishers[i].Port = nodeOf(i).PortAsync;
    }

    static void MoveFence(FaultNode from, FaultNode to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to.Fence)!);
        File.Move(from.Fence, to.Fence, overwrite: true);
    }
}
