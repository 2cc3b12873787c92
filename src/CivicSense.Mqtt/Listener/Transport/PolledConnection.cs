using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>A connection of <see cref="PolledTransport"/>. Any thread may send, end and dispose of it.</summary>
sealed class PolledConnection
    : ConnectionContext, IDuplexPipe, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature,
    IConnectionLifetimeFeature,
        IConnectionEndPointFeature, IConnectionLoopFeature
{
    static long lastId;

    readonly Socket socket;
    readonly int descriptor;
    readonly PollLoop loop;
    readonly int number;
    readonly PolledReader reader;
    readonly PolledWriter writer;
    readonly CancellationTokenSource closed = new();
    // Guards the descriptor: nothing may use it once it may belong to another connection.
    readonly Lock gate = new();
    bool isOpen = true;
    IDictionary<object, object?>? items;
    string? id;

    public PolledConnection(Socket socket, PollLoop loop)
    {
        this.socket = socket;
        this.loop = loop;
        descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        reader = new PolledReader(this, loop);
        writer = new PolledWriter(this);
        Transport = this;
        ConnectionClosed = closed.Token;
        RemoteEndPoint = socket.RemoteEndPoint;
        LocalEndPoint = socket.LocalEndPoint;
        var features = new FeatureCollection(initialCapacity: 12);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IConnectionLoopFeature>(this);
        Features = features;
        number = loop.Register(this, descriptor);
    }

    public override string ConnectionId
    {
        get => id ??= Interlocked.Increment(ref lastId).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        set => id = value;
    }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => items ??= new ConnectionItems();
        set => items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public PipeReader Input => reader;

    public PipeWriter Output => writer;

    public PipeScheduler Loop => loop;

    /// <summary>What the kernel has to say about the socket. Called by the loop.</summary>
    public void OnEvent(uint events)
    {
        if ((events & Kernel.Writable) != 0) writer.OnWritable();
        bool isHangUp = (events & Kernel.HangUp) != 0;
        if (isHangUp || (events & Kernel.Readable) != 0) reader.OnReadable(isHangUp);
    }

    /// <summary>As <see cref="Kernel.Receive"/>; 0 when the connection is closed.</summary>
    public int Receive(Span<byte> buffer)
    {
        lock (gate) return isOpen ? Kernel.Receive(descriptor, buffer) : 0;
    }

    /// <summary>As <see cref="Kernel.Send"/>; -1 when the connection is closed.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        lock (gate) return isOpen ? Kernel.Send(descriptor, bytes) : -1;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (gate)
        {
            if (isOpen) TryShutDown();
        }

        reader.CancelPendingRead();
        writer.Abandon();
    }

    public override async ValueTask DisposeAsync()
    {
        if (TryClose())
        {
            reader.Complete();
            writer.Abandon();
            await closed.CancelAsync().ConfigureAwait(false);
            closed.Dispose();
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    bool TryClose()
    {
        lock (gate)
        {
            if (!isOpen) return false;
            isOpen = false;
            loop.Forget(number);
            TryShutDown();
            socket.Dispose();
            return true;
        }
    }

    void TryShutDown()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }
    }
}

/// <summary>Tells which thread continues what waits for a connection's bytes.</summary>
interface IConnectionLoopFeature
{
    PipeScheduler Loop { get; }
}
