using System.Diagnostics;
using System.Text;
using HdrHistogram;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>Many MQTT 3.1.1 clients on one thread. Used by one thread only.</summary>
sealed class LoadGenerator : IDisposable
{
    const int MostPacketsAtOnce = 64;
    const int MostTurns = 8;
    const uint AtOnceWhileOpening = 64;

    readonly int set = Kernel.CreateSet();
    readonly int port;
    readonly IReadOnlyList<LoadConnection> connections;
    readonly Func<int, (string Name, string Secret)> credential;
    readonly int qualityOfService;
    readonly byte[] events = new byte[1024 * Kernel.EventSize];
    readonly byte[] received = new byte[64 * 1024];
    readonly byte[] packets = new byte[MostPacketsAtOnce * 160];
    readonly List<LoadConnection> paced;
    bool isPublishing;

    public LoadGenerator(
        int port, IReadOnlyList<LoadConnection> connections, Func<int, (string Name, string Secret)> credential, int qualityOfService)
    {
        (this.port, this.connections, this.credential, this.qualityOfService) = (port, connections, credential, qualityOfService);
        paced = [.. connections.Where(connection => connection.Pace > 0)];
    }

    /// <summary>Messages handed to the kernel, since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages acknowledged, since the start.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Acknowledgements that came in another order than the messages.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Connections that are or were accepted by the server.</summary>
    public int Opened { get; private set; }

    /// <summary>Connections that the server has ended or refused.</summary>
    public int Ended { get; private set; }

    /// <summary>Nanoseconds from when a message should have been sent to its acknowledgement; of the measured connections.</summary>
    public LongHistogram Latency { get; } = new(TimeSpan.FromMinutes(10).Ticks * 100, 3);

    /// <summary>Nanoseconds from the beginning of a connection to its CONNACK.</summary>
    public LongHistogram Opening { get; } = new(TimeSpan.FromMinutes(10).Ticks * 100, 3);

    static double NanosecondsPerTick { get; } = 1e9 / Stopwatch.Frequency;

    /// <summary>Opens all connections: a few at a time, or so many a second.</summary>
    public void Open(double? perSecond, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = 0;
        var start = Stopwatch.GetTimestamp();
        while (Opened + Ended < connections.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > patience)
                throw new IngestException($"Only {Opened} of {connections.Count} connections were accepted in {patience.TotalSeconds} s.");
            var due = perSecond is { } rate ? (int)Math.Min(connections.Count, elapsed.TotalSeconds * rate)
                : (int)Math.Min(connections.Count, Opened + Ended + AtOnceWhileOpening);
            for (; begun < due; begun++)
                Begin(begun);
            Turn(milliseconds: 1);
        }
    }

    /// <summary>Publishes until <paramref name="until"/> says so; it is asked some hundred times a second.</summary>
    public void Publish(Func<bool> until)
    {
        if (!isPublishing)
        {
            isPublishing = true;
            SchedulePaced();
            var now = Stopwatch.GetTimestamp();
            foreach (var connection in connections)
            {
                if (connection.State != LoadState.Ready || connection.Pace > 0)
                    continue;
                // At QoS 0 there is no other sign than room in the kernel that the next may be sent.
                if (qualityOfService == 0)
                    Kernel.Watch(set, connection.Socket, connection.Number, Kernel.Readable | Kernel.Writable, isNew: false);
                Fill(connection, now);
            }
        }
        var asked = Stopwatch.GetTimestamp();
        while (true)
        {
            Turn(paced.Count > 0 ? 1 : 5);
            SendDue(Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(asked) < TimeSpan.FromMilliseconds(5))
                continue;
            asked = Stopwatch.GetTimestamp();
            if (until())
                return;
        }
    }

    /// <summary>Sends nothing more and counts the acknowledgements that still come.</summary>
    public void Drain(TimeSpan patience)
    {
        isPublishing = false;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < patience && Ended < Opened
            && (qualityOfService == 0 ? connections.Any(connection => connection.Unsent.Length > 0) : Acknowledged < Sent))
            Turn(5);
    }

    /// <summary>Makes no reading be older than this; for runs that last longer than a window takes readings.</summary>
    public void AtLeast(long milliseconds)
    {
        foreach (var connection in connections)
            connection.Template.AtLeast(milliseconds);
    }

    public void Dispose()
    {
        foreach (var connection in connections)
        {
            if (connection.Socket >= 0)
                Kernel.Close(connection.Socket);
        }
        Kernel.Close(set);
    }

    void Begin(int index)
    {
        var connection = connections[index];
        connection.Number = index;
        connection.BegunAt = Stopwatch.GetTimestamp();
        connection.Socket = Kernel.BeginConnect(port);
        connection.State = LoadState.Connecting;
        Kernel.Watch(set, connection.Socket, index, Kernel.Readable | Kernel.Writable, isNew: true);
    }

    void Turn(int milliseconds)
    {
        var count = Kernel.Wait(set, events, milliseconds);
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var (what, number) = Kernel.Event(events, i);
            var connection = connections[number];
            if (connection.State == LoadState.Closed)
                continue;
            if ((what & Kernel.Writable) != 0)
                OnWritable(connection, number, now);
            if ((what & ~Kernel.Writable) != 0)
                OnReadable(connection, now);
        }
    }

    void OnWritable(LoadConnection connection, int number, long now)
    {
        if (connection.State == LoadState.Connecting)
        {
            connection.State = LoadState.Greeting;
            var (name, secret) = credential(number);
            var packet = Greeting(name, secret);
            if (Kernel.Send(connection.Socket, packet) != packet.Length)
                End(connection);
            Kernel.Watch(set, connection.Socket, number, Kernel.Readable, isNew: false);
            return;
        }
        if (connection.Unsent.Length > 0 && !TrySendUnsent(connection))
            return;
        if (qualityOfService > 0)
            Kernel.Watch(set, connection.Socket, number, Kernel.Readable, isNew: false);
        if (isPublishing && connection.Pace == 0)
            Fill(connection, now);
    }

    // CONNECT, MQTT 3.1.1 section 3.1: clean session, user name, password, keep-alive of 20 minutes.
    static byte[] Greeting(string name, string secret)
    {
        byte[] rest = [0, 4, .. "MQTT"u8, 4, 0xC2, 0x04, 0xB0, .. Text(name), .. Text(name), .. Text(secret)];
        return [0x10, .. rest.Length < 128
            ? (byte[])[(byte)rest.Length]
            : [(byte)(rest.Length % 128 + 128), (byte)(rest.Length / 128)], .. rest];
    }

    static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    void OnReadable(LoadConnection connection, long now)
    {
        var length = Kernel.Receive(connection.Socket, received);
        if (length <= 0)
        {
            if (length == 0 || Kernel.LastError != Kernel.WouldBlock)
                End(connection);
            return;
        }
        if (connection.State == LoadState.Greeting)
        {
            OnGreeted(connection, now, length);
            return;
        }
        for (var i = 0; i < length; i++)
        {
            connection.Partial = unchecked(connection.Partial << 8 | received[i]);
            if (++connection.PartialLength < 4)
                continue;
            connection.PartialLength = 0;
            OnAcknowledged(connection, connection.Partial, now);
        }
        if (isPublishing && connection.Pace == 0)
            Fill(connection, now);
    }

    void OnGreeted(LoadConnection connection, long now, int length)
    {
        // CONNACK with return code 0.
        if (length != 4 || received[0] != 0x20 || received[3] != 0)
        {
            End(connection);
            return;
        }
        connection.State = LoadState.Ready;
        Opened++;
        Opening.RecordValue(ToNanoseconds(now - connection.BegunAt));
    }

    void OnAcknowledged(LoadConnection connection, uint packet, long now)
    {
        if (packet >> 16 != 0x4002 || !connection.TryAcknowledge((ushort)(packet & 0xFFFF), out var when))
        {
            OutOfOrder++;
            return;
        }
        Acknowledged++;
        if (connection.IsMeasured)
            Latency.RecordValue(ToNanoseconds(now - when));
    }

    static long ToNanoseconds(long ticks) => Math.Max(1, (long)(ticks * NanosecondsPerTick));

    /// <summary>Sends until the window is full or the kernel takes no more.</summary>
    void Fill(LoadConnection connection, long now)
    {
        // At QoS 0 nothing fills the window; the others are to have their turn.
        for (var i = 0; i < MostTurns && connection.Unsent.Length == 0 && connection.HasRoom && connection.State == LoadState.Ready; i++)
        {
            var count = Math.Min(MostPacketsAtOnce, connection.Window - connection.InFlight);
            Send(connection, count, now);
        }
    }

    void Send(LoadConnection connection, int count, long when)
    {
        var length = connection.Template.Length;
        for (var i = 0; i < count; i++)
        {
            connection.Template.Write(packets.AsSpan(i * length));
            if (qualityOfService > 0)
                connection.Sent(when);
        }
        Sent += count;
        var bytes = packets.AsSpan(0, count * length);
        var taken = Kernel.Send(connection.Socket, bytes);
        if (taken < 0 && Kernel.LastError != Kernel.WouldBlock)
        {
            End(connection);
            return;
        }
        if (taken < bytes.Length)
            connection.Unsent = bytes[Math.Max(0, taken)..].ToArray();
        if (taken < bytes.Length)
            Kernel.Watch(set, connection.Socket, connection.Number, Kernel.Readable | Kernel.Writable, isNew: false);
    }

    bool TrySendUnsent(LoadConnection connection)
    {
        var taken = Kernel.Send(connection.Socket, connection.Unsent);
        if (taken < 0 && Kernel.LastError != Kernel.WouldBlock)
            End(connection);
        if (taken > 0)
            connection.Unsent = connection.Unsent[taken..];
        return connection.Unsent.Length == 0;
    }

    void SchedulePaced()
    {
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < paced.Count; i++)
        {
            // Spread over the period, as sensors that know nothing of one another are.
            paced[i].NextDue = now + (long)(Stopwatch.Frequency / paced[i].Pace * i / paced.Count);
        }
    }

    void SendDue(long now)
    {
        foreach (var connection in paced)
        {
            while (connection.NextDue <= now && connection.State == LoadState.Ready && connection.HasRoom && connection.Unsent.Length == 0)
            {
                Send(connection, 1, connection.NextDue);
                connection.NextDue += (long)(Stopwatch.Frequency / connection.Pace);
            }
        }
    }

    void End(LoadConnection connection)
    {
        connection.State = LoadState.Closed;
        Kernel.Close(connection.Socket);
        connection.Socket = -1;
        Ended++;
    }
}
