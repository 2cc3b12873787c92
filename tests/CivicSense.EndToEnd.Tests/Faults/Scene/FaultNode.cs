using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>A node process with a name, a data folder, a clock and a line to the database of its own, which dies and comes back.</summary>
sealed class FaultNode(string name, IReadOnlyList<string> arguments, string folder, StepClock clock, DatabaseLine line) : IAsyncDisposable
{
    TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string earlier = "";

    public string Name => name;

    public StepClock Clock => clock;

    public DatabaseLine Line => line;

    public NodeProcess Process { get; private set; } = null!;

    public string Fence => Path.Combine(folder, "release-fence.json");

    /// <summary>What earlier processes of this name have logged, and this one.</summary>
    public string Log => earlier + Process?.Errors;

    /// <summary>Where devices connect, as soon as it runs.</summary>
    public Task<int> PortAsync() => Volatile.Read(ref port).Task;

    public async Task StartAsync()
    {
        await LaunchAsync();
        await Process.ReadyAsync();
        port.SetResult(Process.MqttPort);
    }

    /// <summary>Starts it, and does not wait until it answers.</summary>
    public async Task LaunchAsync()
    {
        await ForgetAsync();
        Process = NodeProcess.Start(AppContext.BaseDirectory, arguments, clock.Environment());
    }

    public async Task KillAsync()
    {
        Volatile.Write(ref port, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        await Process.KillAsync();
        StepClock.CleanUpAfter(Process.Id);
    }

    /// <summary>Ends it as a steward does.</summary>
    public async Task StopAsync()
    {
        Volatile.Write(ref port, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        Process.Signal("TERM");
        var end = await Process.ExitAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<CommandResult> ExitAsync()
    {
        Volatile.Write(ref port, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        return await Process.ExitAsync();
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    public void Pause() => Process.Signal("STOP");

    public void Continue() => Process.Signal("CONT");

    /// <summary>The ledger head that its fence vouches for; null while something is being committed.</summary>
    public string? FencedHead()
    {
        if (!File.Exists(Fence))
            return null;
        using var fence = JsonDocument.Parse(File.ReadAllText(Fence));
        return fence.RootElement.GetProperty("prepared").ValueKind == JsonValueKind.Null
            ? fence.RootElement.GetProperty("published").GetProperty("head").GetString()
            : null;
    }

    async Task ForgetAsync()
    {
        if (Process is null)
            return;
        earlier += Process.Errors;
        var id = Process.Id;
        await Process.DisposeAsync();
        StepClock.CleanUpAfter(id);
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        await line.DisposeAsync();
    }
}
