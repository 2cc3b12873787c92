using System.Collections.Concurrent;
using System.Text;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim.Tests.Publishing;

/// <summary>What a device published, in the order in which the node saw it.</summary>
sealed record RecordedMessage(string Device, string Topic, string Payload, bool Duplicate);

/// <summary>A node in memory: keeps every message, and acknowledges when a device waits for it.</summary>
sealed class RecordingNode
{
    readonly ConcurrentQueue<RecordedMessage> messages = [];
    int unacknowledged;
    int connected;

    public IReadOnlyList<RecordedMessage> Messages => [.. messages];

    public int Connected => Volatile.Read(ref connected);

    public int Disconnected { get; private set; }

    /// <summary>Called with every message and the number of messages that no device has seen acknowledged yet.</summary>
    public Action<RecordedMessage>? OnPublish { get; init; }

    /// <summary>Called before a device's messages are acknowledged.</summary>
    public Func<string, CancellationToken, Task>? BeforeAcknowledging { get; init; }

    public int Unacknowledged => Volatile.Read(ref unacknowledged);

    public Task<IDeviceLink> ConnectAsync(SimulatedDevice device, int index, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref connected);
        return Task.FromResult<IDeviceLink>(new Link(this, device.Name));
    }

    sealed class Link(RecordingNode node, string device) : IDeviceLink
    {
        int waiting;

        public ValueTask PublishAsync(
            ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool duplicate, CancellationToken cancellationToken)
        {
            var message = new RecordedMessage(
                device, Encoding.UTF8.GetString(topic.Span), Encoding.UTF8.GetString(payload.Span), duplicate);
            waiting++;
            Interlocked.Increment(ref node.unacknowledged);
            node.messages.Enqueue(message);
            node.OnPublish?.Invoke(message);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public async Task DrainAsync(CancellationToken cancellationToken)
        {
            if (node.BeforeAcknowledging is { } before) await before(device, cancellationToken);
            Interlocked.Add(ref node.unacknowledged, -waiting);
            waiting = 0;
        }

        public ValueTask DisposeAsync()
        {
            lock (node) node.Disconnected++;
            return ValueTask.CompletedTask;
        }
    }
}
