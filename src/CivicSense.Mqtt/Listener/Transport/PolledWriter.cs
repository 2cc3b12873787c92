using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>
/// The sending side of a connection: hands bytes to the kernel on the caller's thread, and waits only if it takes no more.
/// </summary>
/// <remarks>One write at a time; <see cref="OnWritable"/> and <see cref="Abandon"/> may come at any time.</remarks>
sealed class PolledWriter(PolledConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    static readonly FlushResult Sent = new(isCanceled: false, isCompleted: false);
    static readonly FlushResult Ended = new(isCanceled: false, isCompleted: true);

    readonly Lock gate = new();
    ManualResetValueTaskSourceCore<FlushResult> waiter;
    ReadOnlyMemory<byte> unsent;
    bool isWaiting;
    bool isEnded;
    byte[] written = [];
    int writtenLength;

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (writtenLength == 0) return SendAsync(source);
        this.Write(source.Span);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<byte> pending = written.AsMemory(0, writtenLength);
        writtenLength = 0;
        // The buffer is not filled again before the answer has been awaited.
        return pending.IsEmpty ? ValueTask.FromResult(isEnded ? Ended : Sent) : SendAsync(pending);
    }

    ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        // Held until it is known that somebody waits, so that the kernel's news cannot come in between.
        lock (gate)
        {
            int sent = isEnded ? -1 : connection.Send(bytes.Span);
            if (sent == bytes.Length) return ValueTask.FromResult(Sent);
            if (sent < 0)
            {
                isEnded = true;
                return ValueTask.FromResult(Ended);
            }

            unsent = bytes[sent..];
            waiter.Reset();
            isWaiting = true;
            return new ValueTask<FlushResult>(this, waiter.Version);
        }
    }

    /// <summary>Called by the loop when the kernel takes bytes again.</summary>
    public void OnWritable()
    {
        FlushResult result;
        lock (gate)
        {
            if (!isWaiting) return;
            int sent = connection.Send(unsent.Span);
            if (sent >= 0) unsent = unsent[sent..];
            if (sent >= 0 && !unsent.IsEmpty) return;
            isEnded = sent < 0;
            result = Finish();
        }

        waiter.SetResult(result);
    }

    /// <summary>Sends nothing any more; whoever waits is told that the other side has gone.</summary>
    public void Abandon()
    {
        FlushResult result;
        lock (gate)
        {
            isEnded = true;
            if (!isWaiting) return;
            result = Finish();
        }

        waiter.SetResult(result);
    }

    FlushResult Finish()
    {
        (isWaiting, unsent) = (false, default);
        return isEnded ? Ended : Sent;
    }

    public override void CancelPendingFlush()
    {
        // Nothing here is cancelled by itself: a connection that is given up is aborted.
    }

    public override void Complete(Exception? exception = null)
    {
        if (written.Length > 0) ArrayPool<byte>.Shared.Return(written);
        (written, writtenLength) = ([], 0);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = writtenLength + Math.Max(sizeHint, 256);
        if (needed > written.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
            written.AsSpan(0, writtenLength).CopyTo(larger);
            if (written.Length > 0) ArrayPool<byte>.Shared.Return(written);
            written = larger;
        }

        return written.AsMemory(writtenLength);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, written.Length - writtenLength);
        writtenLength += bytes;
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => waiter.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        waiter.OnCompleted(continuation, state, token, flags);
}
