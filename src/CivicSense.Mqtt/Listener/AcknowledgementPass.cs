using System.IO.Pipelines;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// Writes the acknowledgements of all connections of one loop when a commit has ended: one task waits for all of them, and what it finds
/// due goes out in one pass, before the loop reads again.
/// </summary>
sealed class AcknowledgementPass(IMqttDurability durability, PipeScheduler scheduler)
{
    const int PruneAtLeast = 1024;

    readonly Lock gate = new();
    List<AcknowledgementQueue> owing = [];
    List<AcknowledgementQueue> turn = [];
    long oldestOwing = long.MaxValue;
    int pruneAt = PruneAtLeast;
    bool isWaiting;

    /// <summary>Takes a connection that has begun to owe. It stays until it owes nothing.</summary>
    /// <param name="queue">What is owed.</param>
    /// <param name="oldest">The oldest ticket of it.</param>
    public void Add(AcknowledgementQueue queue, long oldest)
    {
        lock (gate)
        {
            if (owing.Count >= pruneAt) Prune();
            owing.Add(queue);
            oldestOwing = Math.Min(oldestOwing, oldest);
            if (isWaiting) return;
            isWaiting = true;
        }

        _ = WaitAsync(oldest);
    }

    // While nothing can be written, connections come and go.
    void Prune()
    {
        owing.RemoveAll(static queue => queue.IsOver);
        pruneAt = Math.Max(PruneAtLeast, 2 * owing.Count);
    }

    async Task WaitAsync(long ticket)
    {
        try
        {
            await durability.WaitAsync(ticket, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(exception);
            return;
        }

        scheduler.Schedule(static pass => ((AcknowledgementPass)pass!).Run(), this);
    }

    void Run()
    {
        lock (gate)
        {
            (owing, turn) = (turn, owing);
            oldestOwing = long.MaxValue;
        }

        int kept = 0;
        long next = long.MaxValue;
        for (int i = 0; i < turn.Count; i++)
        {
            AcknowledgementQueue queue = turn[i];
            if (!queue.WriteAndFlush(this, out long oldest)) continue;
            turn[kept++] = queue;
            next = Math.Min(next, oldest);
        }

        turn.RemoveRange(kept, turn.Count - kept);
        lock (gate)
        {
            owing.AddRange(turn);
            turn.Clear();
            oldestOwing = next = Math.Min(next, oldestOwing);
            isWaiting = owing.Count > 0;
            if (!isWaiting) return;
        }

        _ = WaitAsync(next);
    }

    void Fail(Exception exception)
    {
        AcknowledgementQueue[] failed;
        lock (gate)
        {
            failed = [.. owing];
            owing.Clear();
            isWaiting = false;
        }

        foreach (AcknowledgementQueue queue in failed) queue.Fail(exception);
    }
}
