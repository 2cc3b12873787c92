namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>A small demo that has ended, and a node that serves what it has released. Made when first asked for.</summary>
public sealed class FinishedDemo : IAsyncDisposable
{
    readonly SemaphoreSlim gate = new(1);
    TemporaryFolder? folder;
    NodeProcess? node;

    /// <summary>The configuration of the node; its data folder is that of the demo.</summary>
    internal string Configuration { get; private set; } = "";

    internal string Database => folder!.File("civicsense.db");

    /// <summary>The running node, logging everything it ever logs.</summary>
    internal async Task<NodeProcess> NodeAsync()
    {
        await gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (node is { HasExited: false }) return node;
            await StartAsync();
            return node!;
        }
        finally
        {
            gate.Release();
        }
    }

    async Task StartAsync()
    {
        if (folder is null)
        {
            var made = new TemporaryFolder();
            var demo = await CommandResult.SucceedsAsync(
                "demo", "--once", "--days", "3", "--devices", "150", "--data", made.Path, "--port", "0", "--mqtt-port", "0");
            folder = made;
        }
        Configuration = Processes.Configuration.Write(folder, """ "data": ".", "timeZone": "Europe/Amsterdam", "clock": "event" """);
        node = await NodeProcess.RunNodeAsync(Configuration, "--verbose");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        folder?.Dispose();
        gate.Dispose();
    }
}
