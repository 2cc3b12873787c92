using System.IO.Pipelines;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// Writes the acknowledgements of all connections of one loop when a commit has ended: one task waits for all of them, and what it finds
/// due goes out in one pass, before the loop reads again.
/// </summary>
sealed class AcknowledgementPass(IMqttDurability durability, PipeScheduler scheduler)
{
    readonly Lock gate = new();
    List<AcknowledgementQueue> owing = [];
    List<AcknowledgementQueue> turn = [];
    bool isWaiting;

    /// <summary>Takes a connection that has begun to owe. It stays until it owes nothing.</summary>
    public void Add(AcknowledgementQueue queue)
    {
        lock (gate)
        {
            owing.Add(queue);
            if (isWaiting) return;
            isWaiting = true;
        }

        _ = WaitAsync();
    }

    async Task WaitAsync()
    {
        try
        {
            // Whoever owes waits for a later ticket than this one, so that a commit is certain to come.
            await durability.WaitAsync(durability.DurableTicket + 1, CancellationToken.None).ConfigureAwait(false);
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
        lock (gate) (owing, turn) = (turn, owing);
        int kept = 0;
        foreach (AcknowledgementQueue queue in turn)
        {
            if (queue.WriteAndFlush()) turn[kept++] = queue;
        }

        turn.RemoveRange(kept, turn.Count - kept);
        lock (gate)
        {
            owing.AddRange(turn);
            turn.Clear();
            isWaiting = owing.Count > 0;
            if (!isWaiting) return;
        }

        _ = WaitAsync();
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
