using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Listener;

/// <summary>Makes changed sessions durable, many at a time: the next commit starts when the last has ended.</summary>
/// <remarks>
/// A session's state says which QoS 2 messages the application has been given, so it is only saved once those are durable themselves;
/// otherwise a crash in between would lose them. While the store cannot be written, the batch is kept and tried again, and nothing that
/// waits for it is answered.
/// </remarks>
sealed class SessionCommit(
    IMqttSessionStore store, IMqttDurability application, MqttListenerStatistics statistics, TimeProvider time, ILogger logger)
    : IMqttDurability, IAsyncDisposable
{
    static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    readonly Lock gate = new();
    readonly CancellationTokenSource stopping = new();
    List<ClientSession> changed = [];
    TaskCompletionSource progress = NewProgress();
    Task running = Task.CompletedTask;
    long openTicket = 1;
    long durableTicket;
    bool isRunning;

    /// <inheritdoc/>
    public long DurableTicket => Volatile.Read(ref durableTicket);

    /// <summary>Puts a session, which has just changed and is not yet in, into the next commit.</summary>
    /// <returns>The ticket of that commit.</returns>
    public long Enlist(ClientSession session)
    {
        lock (gate)
        {
            changed.Add(session);
            if (!isRunning)
            {
                isRunning = true;
                running = Task.Run(RunAsync, CancellationToken.None);
            }

            return openTicket;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(long ticket, CancellationToken cancellationToken)
    {
        while (DurableTicket < ticket)
        {
            Task next = Volatile.Read(ref progress).Task;
            if (DurableTicket >= ticket) return;
            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    async Task RunAsync()
    {
        while (TryTake(out List<ClientSession> batch, out long ticket))
        {
            (List<MqttStoredSession> states, long needed) = Collect(batch);
            if (!await TryWriteAsync(states, needed).ConfigureAwait(false)) return;
            statistics.CountSessionsSaved(states.Count);
            Volatile.Write(ref durableTicket, ticket);
            Interlocked.Exchange(ref progress, NewProgress()).SetResult();
        }
    }

    bool TryTake(out List<ClientSession> batch, out long ticket)
    {
        lock (gate)
        {
            (batch, ticket) = (changed, openTicket);
            isRunning = changed.Count > 0;
            if (!isRunning) return false;
            changed = [];
            openTicket++;
            return true;
        }
    }

    // A session that has ended may be followed by a new one of the same name in one batch; the later one counts.
    static (List<MqttStoredSession> States, long Ticket) Collect(List<ClientSession> batch)
    {
        var states = new Dictionary<(string, string), MqttStoredSession>();
        long needed = 0;
        foreach (ClientSession session in batch)
        {
            (MqttStoredSession state, long ticket) = session.TakeChange();
            needed = Math.Max(needed, ticket);
            (string, string) key = (state.Identity, state.ClientId);
            if (!state.State.IsEmpty || !states.ContainsKey(key)) states[key] = state;
        }

        return ([.. states.Values], needed);
    }

    /// <summary>Writes the batch, however long it takes. Gives up only when the listener stops.</summary>
    async Task<bool> TryWriteAsync(List<MqttStoredSession> states, long needed)
    {
        for (int failures = 0; ; failures++)
        {
            try
            {
                await application.WaitAsync(needed, stopping.Token).ConfigureAwait(false);
                await store.SaveAsync(states, CancellationToken.None).ConfigureAwait(false);
                if (failures > 0) logger.SessionsSavedAgain();
                return true;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception)
            {
                // Whatever the store's complaint is, the batch is kept. Only the type: the text may quote what is in a session.
                if (failures == 0) logger.SessionsNotSaved(exception.GetType().Name);
                if (stopping.IsCancellationRequested) return false;
                await Task.Delay(RetryDelay, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Writes what is left, once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (gate) last = running;
        await Task.WhenAny(last, Task.Delay(TimeSpan.FromSeconds(10), time)).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await last.ConfigureAwait(false);
        stopping.Dispose();
    }

    static TaskCompletionSource NewProgress() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
