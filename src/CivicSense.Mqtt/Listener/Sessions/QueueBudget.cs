namespace CivicSense.Mqtt.Listener;

/// <summary>The bytes that all sessions together keep for their clients. Thread-safe.</summary>
sealed class QueueBudget(long maximum)
{
    long used;

    public long Used => Interlocked.Read(ref used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= maximum) return true;
        Interlocked.Add(ref used, -bytes);
        return false;
    }

    /// <summary>Takes what is there already: sessions that were loaded.</summary>
    public void Take(long bytes) => Interlocked.Add(ref used, bytes);

    public void Return(long bytes) => Interlocked.Add(ref used, -bytes);
}
