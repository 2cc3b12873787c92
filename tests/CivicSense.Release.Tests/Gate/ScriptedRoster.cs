using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Gate;

/// <summary>What the processes have said, as the test tells it.</summary>
sealed class ScriptedRoster : IIngestRoster
{
    readonly SortedDictionary<string, IngestProcess> processes = new(StringComparer.Ordinal);

    public HourWindow? ReleasedThrough { get; set; }

    public Exception? Failure { get; set; }

    public Action? Reading { get; set; }

    public void Says(
        string name, HourWindow? closedThrough, DateTimeOffset? heartbeat = null, TimeSpan silence = default, bool isStopped = false,
        long incarnation = 1) =>
        processes[name] = new IngestProcess(name, incarnation, heartbeat ?? IngestGateTests.Window.End, silence, closedThrough, isStopped);

    public void Beats(string name) => processes[name] = processes[name] with { Heartbeat = processes[name].Heartbeat.AddSeconds(2) };

    public ValueTask<IngestRoster> ReadAsync(CancellationToken cancellationToken)
    {
        Reading?.Invoke();
        return Failure is null ? new(new IngestRoster([.. processes.Values], ReleasedThrough)) : throw Failure;
    }
}

sealed class OwnClosing(ScriptedRoster roster) : IWindowClosing
{
    public List<HourWindow> Closed { get; } = [];

    public ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken)
    {
        Closed.Add(through);
        roster.Says("own", through);
        return ValueTask.CompletedTask;
    }
}
