using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>The receiving side of a connection. Whoever waits for bytes is continued on the loop's thread.</summary>
/// <remarks>
/// A packet that is cut in two by a read is put together in a buffer of the connection's own, so that there is always one segment: such
/// packets are rare, and what reads many packets needs no slower second form. A connection that has nothing incomplete holds no buffer.
/// </remarks>
sealed class PolledReader(PolledConnection connection, PollLoop loop) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>A buffer up to this size is kept however little of it is used.</summary>
    const int SmallSize = 1024;

    readonly Lock gate = new();
    ManualResetValueTaskSourceCore<ReadResult> waiter;
    byte[] buffer = [];
    int start;
    int end;
    bool isOwn;
    bool isHeld;
    bool isExamined = true;
    bool isWaiting;
    bool isQueued;
    bool isReadable;
    bool isHangUp;
    bool isAtEnd;
    bool isCancelled;
    bool isCompleted;

    /// <summary>Called by the loop when there is something new to read, or an end.</summary>
    public void OnReadable(bool hangUp)
    {
        lock (gate)
        {
            isReadable = true;
            isHangUp |= hangUp;
            if (!isWaiting || isQueued) return;
        }

        Receive();
    }

    /// <summary>Called by the loop: reads once if somebody waits, and hands over what there is.</summary>
    public void Receive()
    {
        Debug.Assert(loop.IsCurrent);
        ReadResult result;
        lock (gate)
        {
            isQueued = false;
            if (!isWaiting) return;
            if (!isCancelled && !isAtEnd && !isCompleted && isReadable) Fill();
            if (!HasNews) return;
            isWaiting = false;
            result = Take();
        }

        waiter.SetResult(result);
        lock (gate)
        {
            // The reader looks at the bytes later, or on another thread.
            if (!isHeld || isOwn || buffer != loop.SharedBuffer) return;
            isOwn = true;
            loop.ReplaceSharedBuffer();
        }
    }

    bool HasNews => !isExamined || isAtEnd || isCancelled || isCompleted;

    void Fill()
    {
        if (end - start <= loop.SharedBuffer.Length / 2) UseSharedBuffer();
        else if (end == buffer.Length) MakeRoom();
        int room = buffer.Length - end;
        int received = connection.Receive(buffer.AsSpan(end));
        // What was not filled has been read to its end (epoll(7)); only an end of the stream can have come with it.
        isReadable = received == room || (received > 0 && isHangUp);
        isAtEnd = received == 0;
        if (received > 0)
        {
            end += received;
            isExamined = false;
        }
        else if (!isOwn)
        {
            Keep();
        }
    }

    // The beginning of an incomplete packet moves to where the rest of it will be read.
    void UseSharedBuffer()
    {
        int length = end - start;
        buffer.AsSpan(start, length).CopyTo(loop.SharedBuffer);
        Release();
        (buffer, end) = (loop.SharedBuffer, length);
    }

    // A reader takes packets out long before this doubles often: the listener's limits bound what it waits for.
    void MakeRoom()
    {
        int length = end - start;
        byte[] target = length > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(2 * buffer.Length) : buffer;
        buffer.AsSpan(start, length).CopyTo(target);
        if (target != buffer && isOwn) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, start, end, isOwn) = (target, 0, length, true);
    }

    ReadResult Take()
    {
        var result = new ReadResult(new ReadOnlySequence<byte>(buffer, start, end - start), isCancelled, isAtEnd);
        isCancelled = false;
        isHeld = true;
        return result;
    }

    void Release()
    {
        if (isOwn) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, start, end, isOwn) = ([], 0, 0, false);
    }

    // Only streams on top, such as TLS, come with a token: the time limit of its handshake, and the end of a connection.
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.CanBeCanceled ? ReadCancellableAsync(cancellationToken) : WaitForNewsAsync();

    async ValueTask<ReadResult> ReadCancellableAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (cancellationToken.UnsafeRegister(static reader => ((PolledReader)reader!).CancelPendingRead(), this))
        {
            ReadResult result = await WaitForNewsAsync().ConfigureAwait(false);
            if (!result.IsCanceled || !cancellationToken.IsCancellationRequested) return result;
            AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            throw new OperationCanceledException(cancellationToken);
        }
    }

    ValueTask<ReadResult> WaitForNewsAsync()
    {
        bool isOff;
        lock (gate)
        {
            if (HasNews) return new ValueTask<ReadResult>(Take());
            Debug.Assert(!isWaiting, "One read at a time.");
            waiter.Reset();
            isWaiting = true;
            isOff = isReadable && !isQueued;
            if (isOff) isQueued = true;
        }

        var read = new ValueTask<ReadResult>(this, waiter.Version);
        if (isOff) ContinueLater();
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (gate)
        {
            result = HasNews ? Take() : default;
            return isHeld;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (gate)
        {
            isHeld = false;
            if (end == start) return;
            start = consumed.GetInteger();
            isExamined = examined.GetInteger() == end;
            if (start == end)
            {
                isExamined = true;
                Release();
            }
            else if (!isOwn || IsMostlyUnused)
            {
                Keep();
            }
        }
    }

    // A buffer that was the loop's is large: a few bytes of a packet whose rest never comes must not hold it.
    bool IsMostlyUnused => buffer.Length > SmallSize && end - start <= buffer.Length / 4;

    void Keep()
    {
        int length = end - start;
        byte[] own = length == 0 ? [] : ArrayPool<byte>.Shared.Rent(length);
        buffer.AsSpan(start, length).CopyTo(own);
        if (isOwn) ArrayPool<byte>.Shared.Return(buffer);
        (buffer, start, end, isOwn) = (own, 0, length, length > 0);
    }

    public override void CancelPendingRead()
    {
        bool isOff;
        lock (gate)
        {
            isCancelled = true;
            isOff = isWaiting && !isQueued;
            if (isOff) isQueued = true;
        }

        if (isOff) ContinueLater();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (gate)
        {
            isCompleted = true;
            isExamined = true;
            if (!isHeld) Release();
        }
    }

    void ContinueLater()
    {
        if (loop.IsCurrent) loop.Continue(this);
        else loop.Schedule(static reader => ((PolledReader)reader!).Receive(), this);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => waiter.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        waiter.OnCompleted(continuation, state, token, flags);
}
