using System.Buffers;

namespace CivicSense.Mqtt.Codec;

/// <summary>
/// What waits to be sent on one connection. Several threads may add packets; one at a time sends, everything there is in one go.
/// </summary>
/// <remarks>
/// To add a packet: take <see cref="Gate"/>, call <see cref="Reserve"/>, fill the span, release the gate; then call <see cref="Flush"/>
/// once for as many packets as there are. An idle connection holds no memory here.
/// </remarks>
sealed class OutgoingBuffer(Func<ReadOnlyMemory<byte>, ValueTask> send, Action sendFailed)
{
    const int InitialSize = 512;

    byte[] filling = [];
    int filled;
    int inTransit;
    bool isSending;
    bool isClosed;
    TaskCompletionSource? roomWanted;

    /// <summary>Held while packets are added.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes not yet handed to the transport. Exact only under <see cref="Gate"/>.</summary>
    public int QueuedBytes => filled + inTransit;

    /// <summary>The next <paramref name="length"/> bytes to fill; after <see cref="Close"/> they go nowhere.</summary>
    public Span<byte> Reserve(int length)
    {
        if (filling.Length - filled < length) Grow(length);
        Span<byte> target = filling.AsSpan(filled, length);
        filled += length;
        return target;
    }

    void Grow(int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialSize, filled + Math.Max(length, filled)));
        filling.AsSpan(0, filled).CopyTo(larger);
        if (filling.Length > 0) ArrayPool<byte>.Shared.Return(filling);
        filling = larger;
    }

    /// <summary>Adds a finished packet.</summary>
    public void Append(ReadOnlySpan<byte> packet)
    {
        lock (Gate) packet.CopyTo(Reserve(packet.Length));
    }

    /// <summary>Starts sending unless that is under way, in which case the sender takes the new bytes with its next turn.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (isSending || filled == 0 || isClosed) return;
            isSending = true;
        }

        _ = SendAsync();
    }

    async Task SendAsync()
    {
        try
        {
            while (TryTake(out byte[] buffer, out int length))
            {
                try
                {
                    await send(buffer.AsMemory(0, length)).ConfigureAwait(false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (Exception)
        {
            // Whatever the transport's complaint, the connection is over; the reading side reports why.
            lock (Gate) (filled, inTransit) = (0, 0);
            Close();
            sendFailed();
        }
    }

    bool TryTake(out byte[] buffer, out int length)
    {
        TaskCompletionSource? waiter;
        lock (Gate)
        {
            (buffer, length) = (filling, filled);
            (inTransit, filled) = (filled, 0);
            if (length > 0 && !isClosed)
            {
                filling = [];
                return true;
            }

            (isSending, inTransit) = (false, 0);
            (waiter, roomWanted) = (roomWanted, null);
            if (filling.Length > 0) ArrayPool<byte>.Shared.Return(filling);
            filling = [];
        }

        waiter?.TrySetResult();
        return false;
    }

    /// <summary>
    /// Completes at once below <paramref name="limit"/> bytes, otherwise when all that was queued has been sent, or sending has failed.
    /// </summary>
    public Task WaitForRoomAsync(int limit)
    {
        lock (Gate)
        {
            if (isClosed || !isSending || QueuedBytes <= limit) return Task.CompletedTask;
            roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return roomWanted.Task;
        }
    }

    /// <summary>Nothing is sent any more; waiters are released.</summary>
    public void Close()
    {
        TaskCompletionSource? waiter;
        lock (Gate)
        {
            isClosed = true;
            (waiter, roomWanted) = (roomWanted, null);
        }

        waiter?.TrySetResult();
    }
}
