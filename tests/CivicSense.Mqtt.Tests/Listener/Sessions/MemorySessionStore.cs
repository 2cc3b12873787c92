using System.Collections.Concurrent;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>A store that outlives the hosts of a test, and whose saving waits for the test where that is wanted.</summary>
sealed class MemorySessionStore : IMqttSessionStore
{
    TaskCompletionSource? held;

    public ConcurrentDictionary<(string Identity, string ClientId), MqttStoredSession> Saved { get; } = [];

    public int Failures { get; set; }

    /// <summary>From now on nothing becomes durable until <see cref="LetGo"/>.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => Interlocked.Exchange(ref held, null)!.SetResult();

    public ValueTask<IReadOnlyList<MqttStoredSession>> LoadAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<MqttStoredSession>>([.. Saved.Values]);

    public async ValueTask SaveAsync(IReadOnlyList<MqttStoredSession> changed, CancellationToken cancellationToken)
    {
        if (Failures-- > 0) throw new IOException("The disk is full.");
        if (held is { } wait) await wait.Task.WaitAsync(TestHost.Patience, cancellationToken);
        Assert.Equal(changed.Count, changed.Select(session => (session.Identity, session.ClientId)).Distinct().Count());
        foreach (MqttStoredSession session in changed)
        {
            if (session.State.IsEmpty) Saved.TryRemove((session.Identity, session.ClientId), out _);
            else Saved[(session.Identity, session.ClientId)] = session;
        }
    }
}
