using System.Net;
using System.Net.Sockets;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>A TCP line between a node and a broker that a test can cut, both ways at once, and mend.</summary>
sealed class CuttableLine : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Lock sync = new();
    readonly List<Socket> open = [];
    readonly int target;
    readonly Task accepting;
    bool isCut;

    CuttableLine(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Where the node connects to.</summary>
    public int Port { get; }

    /// <summary>How many cuts there were while a connection stood.</summary>
    public int Cuts { get; private set; }

    public static CuttableLine To(int port) => new(port);

    /// <summary>Ends every connection with what is on its way, and lets none through until mended.</summary>
    public void Cut()
    {
        lock (sync)
        {
            isCut = true;
            // The other end of a connection may go by itself as soon as the first has gone.
            var reset = open.Count(Reset);
            Cuts += Math.Min(reset, 1);
            open.Clear();
        }
    }

    /// <summary>Closes a socket, not in good order: neither side learns what the other had received. False if it was closed before.</summary>
    static bool Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
        socket.Dispose();
        return true;
    }

    public void Mend()
    {
        lock (sync) isCut = false;
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            var near = await listener.AcceptSocketAsync(stopping.Token);
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, target, stopping.Token);
            }
            catch (SocketException)
            {
                near.Dispose();
                continue;
            }
            lock (sync)
            {
                if (isCut)
                {
                    near.Dispose();
                    far.Dispose();
                    continue;
                }
                open.AddRange([near, far]);
            }
            _ = PassOnAsync(near, far);
            _ = PassOnAsync(far, near);
        }
    }

    static async Task PassOnAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or one side has gone: then the other goes, too.
            from.Dispose();
            to.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await stopping.CancelAsync();
        listener.Stop();
        await accepting.ContinueWith(static _ => { }, TaskScheduler.Default);
        stopping.Dispose();
    }
}
