using CivicSense.Mqtt;

namespace CivicSense.Ingestion;

/// <summary>The acknowledgements that are owed to a broker, in the order in which the messages came.</summary>
/// <remarks>
/// The connection's reading thread calls <see cref="Add"/>; one task, <see cref="RunAsync"/>, waits for the oldest ticket and then sends
/// all that are due, up to the first that is not. While nothing becomes durable nothing is sent, and the broker stops when as many
/// messages are unacknowledged as the client's Receive Maximum says (MQTT 5.0, section 4.9). That bounds what is owed, too.
/// </remarks>
sealed class BrokerAcknowledgements(IMqttDurability durability) : IDisposable
{
    readonly Lock sync = new();
    readonly SemaphoreSlim wake = new(0);
    Owed[] ring = new Owed[256];
    Owed[] due = new Owed[256];
    IAcknowledgementSink? sink;
    int head;
    int count;
    int connections;
    TaskCompletionSource? lessWanted;

    /// <summary>Begins anew with a connection. What is owed to an earlier one is forgotten: its messages come again.</summary>
    public void Begin(IAcknowledgementSink connection)
    {
        lock (sync)
        {
            (sink, head, count) = (connection, 0, 0);
            connections++;
            SayLess();
        }
    }

    /// <summary>Owes the acknowledgement of a message that is durable with its ticket.</summary>
    public void Add(MqttAcknowledgementToken token, long ticket)
    {
        bool isFirst;
        lock (sync)
        {
            if (count == ring.Length)
                Grow();
            ring[(head + count) & (ring.Length - 1)] = new Owed(token, ticket);
            isFirst = count++ == 0;
        }
        if (isFirst)
            wake.Release();
    }

    /// <summary>Sends acknowledgements as they become due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await wake.WaitAsync(cancellationToken);
            while (OldestTicket() is { } ticket)
            {
                await durability.WaitAsync(ticket, cancellationToken);
                SendDue();
            }
        }
    }

    /// <summary>Sends what is due now. Called by one thread at a time.</summary>
    public void SendDue()
    {
        var number = CopyDue(out var connection, out var copied);
        if (connection is null || copied == 0)
            return;
        // Without the lock: the connection may hold its own while it calls Add.
        foreach (ref readonly var owed in due.AsSpan(0, copied))
            connection.Acknowledge(owed.Token);
        connection.Flush();
        lock (sync)
        {
            if (number != connections)
                return;
            head = (head + copied) & (ring.Length - 1);
            count -= copied;
            SayLess();
        }
    }

    /// <summary>Completes when no more than this many are owed.</summary>
    public ValueTask WaitForAtMostAsync(int limit, CancellationToken cancellationToken)
    {
        lock (sync)
            return count <= limit ? ValueTask.CompletedTask : new ValueTask(WaitAsync(limit, cancellationToken));
    }

    async Task WaitAsync(int limit, CancellationToken cancellationToken)
    {
        while (LessThanNow(limit) is { } less)
            await less.Task.WaitAsync(cancellationToken);
    }

    /// <summary>What completes when fewer are owed than now; null if that is not to be waited for.</summary>
    TaskCompletionSource? LessThanNow(int limit)
    {
        lock (sync)
        {
            if (count <= limit)
                return null;
            return lessWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => wake.Dispose();

    int CopyDue(out IAcknowledgementSink? connection, out int copied)
    {
        var durable = durability.DurableTicket;
        lock (sync)
        {
            if (due.Length < count)
                due = new Owed[ring.Length];
            for (copied = 0; copied < count && ring[(head + copied) & (ring.Length - 1)].Ticket <= durable; copied++)
                due[copied] = ring[(head + copied) & (ring.Length - 1)];
            connection = sink;
            return connections;
        }
    }

    void SayLess()
    {
        lessWanted?.SetResult();
        lessWanted = null;
    }

    long? OldestTicket()
    {
        lock (sync)
            return count == 0 ? null : ring[head].Ticket;
    }

    void Grow()
    {
        var larger = new Owed[2 * ring.Length];
        for (var i = 0; i < count; i++)
            larger[i] = ring[(head + i) & (ring.Length - 1)];
        (ring, head) = (larger, 0);
    }

    readonly record struct Owed(MqttAcknowledgementToken Token, long Ticket);
}

/// <summary>A connection that acknowledgements go to.</summary>
interface IAcknowledgementSink
{
    /// <summary>Acknowledges a message. One of an earlier connection is ignored.</summary>
    void Acknowledge(MqttAcknowledgementToken token);

    /// <summary>Sends what was acknowledged.</summary>
    void Flush();
}
