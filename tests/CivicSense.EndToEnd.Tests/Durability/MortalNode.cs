using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>A node that is killed and started again on the same data, and tells devices where it is now.</summary>
sealed class MortalNode(string configuration) : IAsyncDisposable
{
    TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeProcess? Process { get; private set; }

    /// <summary>Completes when a node runs.</summary>
    public Task<int> PortAsync() => Volatile.Read(ref port).Task;

    public async Task StartAsync()
    {
        try
        {
            Process = await NodeProcess.RunNodeAsync(configuration);
            port.SetResult(Process.MqttPort);
        }
        catch (Exception exception)
        {
            port.TrySetException(exception);
            throw;
        }
    }

    /// <summary>Kills the node after a while, perhaps kills its successor while that starts, and starts it for good.</summary>
    public async Task KillAsync(TimeSpan after, TimeSpan? successorAfter)
    {
        await PauseAsync(after);
        Volatile.Write(ref port, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        await Process!.KillAsync();
        await Process.DisposeAsync();
        if (successorAfter is { } life)
        {
            await using var successor = NodeProcess.Start(["run", "--config", configuration]);
            await PauseAsync(life);
            await successor.KillAsync();
        }
        await StartAsync();
    }

    static Task PauseAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Process is not null) await Process.DisposeAsync();
    }
}
