using System.Net;
using System.Net.Sockets;

namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>A packet that went through a <see cref="WireTap"/>.</summary>
/// <param name="Connection">The number of the network connection, from 0.</param>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="Packet">The packet.</param>
sealed record TappedPacket(int Connection, bool FromClient, WirePacket Packet);

/// <summary>
/// A TCP line between one client and a server that writes every packet down before it passes it on: an answer always stands after what it
/// answers.
/// </summary>
sealed class WireTap : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Lock gate = new();
    readonly List<TappedPacket> packets = [];
    readonly List<Socket> open = [];
    readonly int target;
    readonly MqttProtocolVersion version;
    readonly Task accepting;

    WireTap(int target, MqttProtocolVersion version)
    {
        (this.target, this.version) = (target, version);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Where the client connects to.</summary>
    public int Port { get; }

    /// <summary>Everything up to now.</summary>
    public IReadOnlyList<TappedPacket> Packets
    {
        get
        {
            lock (gate) return [.. packets];
        }
    }

    public static WireTap To(int port, MqttProtocolVersion version) => new(port, version);

    async Task AcceptAsync()
    {
        for (int connection = 0; ; connection++)
        {
            Socket near = await listener.AcceptSocketAsync(stopping.Token);
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            lock (gate) open.AddRange([near, far]);
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            }
            catch (SocketException)
            {
                near.Dispose();
                continue;
            }

            _ = PassOnAsync(near, far, connection, fromClient: true);
            _ = PassOnAsync(far, near, connection, fromClient: false);
        }
    }

    async Task PassOnAsync(Socket from, Socket to, int connection, bool fromClient)
    {
        byte[] buffer = new byte[64 * 1024];
        var unread = new List<byte>();
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                unread.AddRange(buffer.AsSpan(0, read));
                WriteDown(unread, connection, fromClient);
                for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One side has gone: then the other goes, too.
            from.Dispose();
            to.Dispose();
        }
    }

    // Fixed header and remaining length: MQTT 5.0, section 2.1.
    void WriteDown(List<byte> unread, int connection, bool fromClient)
    {
        while (true)
        {
            (int length, int at) = (0, 1);
            for (bool isMore = true; isMore; at++)
            {
                if (at >= unread.Count) return;
                length |= (unread[at] & 0x7F) << (7 * (at - 1));
                isMore = unread[at] >= 0x80;
            }

            if (unread.Count < at + length) return;
            var packet = new WirePacket((MqttPacket)(unread[0] >> 4), unread[0] & 0xF, [.. unread.GetRange(at, length)], version);
            lock (gate) packets.Add(new TappedPacket(connection, fromClient, packet));
            unread.RemoveRange(0, at + length);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        lock (gate) open.ForEach(socket => socket.Dispose());
        await accepting.ContinueWith(static _ => { }, TaskScheduler.Default);
        stopping.Dispose();
    }
}
