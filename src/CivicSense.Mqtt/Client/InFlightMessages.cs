namespace CivicSense.Mqtt.Client;

/// <summary>Which of the 65,535 packet identifiers are in use, and the wait for a free one below the limit. Thread-safe.</summary>
sealed class InFlightMessages
{
    readonly Lock gate = new();
    readonly ulong[] used = new ulong[1024];
    readonly int limit;
    TaskCompletionSource? changed;
    int last;
    int count;
    bool isEnded;

    public InFlightMessages(int limit)
    {
        this.limit = limit;
        // 0 is not an identifier.
        used[0] = 1;
    }

    /// <summary>Takes an identifier; null if as many as allowed are in use.</summary>
    public ushort? TryTake()
    {
        lock (gate)
        {
            if (count >= limit) return null;
            // Ends: fewer than 65,535 of them are in use.
            do last = last == ushort.MaxValue ? 1 : last + 1;
            while (IsUsed(last));
            used[last >> 6] |= 1ul << (last & 63);
            count++;
            return (ushort)last;
        }
    }

    /// <summary>Frees an identifier; false if it was not in use.</summary>
    public bool Release(ushort identifier)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            if (identifier == 0 || !IsUsed(identifier)) return false;
            used[identifier >> 6] &= ~(1ul << (identifier & 63));
            count--;
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
        return true;
    }

    bool IsUsed(int identifier) => (used[identifier >> 6] >> (identifier & 63) & 1) != 0;

    /// <summary>Completes when fewer than the limit are in use, or all are over.</summary>
    public Task WaitForFreeAsync() => WaitBelowAsync(limit);

    /// <summary>Completes when none is in use, or all are over.</summary>
    public async Task WaitForNoneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = WaitBelowAsync(1);
            if (next.IsCompleted) return;
            await next.WaitAsync(cancellationToken);
        }
    }

    Task WaitBelowAsync(int bound)
    {
        lock (gate)
        {
            if (count < bound || isEnded) return Task.CompletedTask;
            changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return changed.Task;
        }
    }

    public int Count
    {
        get
        {
            lock (gate) return count;
        }
    }

    public void End()
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            isEnded = true;
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
    }
}
