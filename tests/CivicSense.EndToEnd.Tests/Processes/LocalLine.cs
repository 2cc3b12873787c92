using System.Net;
using System.Net.Sockets;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>A TCP line to a server on this machine that a test can cut, all connections at once, and mend.</summary>
abstract class LocalLine : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Lock gate = new();
    readonly List<ILineConnection> open = [];
    volatile int target;
    readonly Task accepting;
    bool isCut;

    protected LocalLine(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Where to connect to.</summary>
    public int Port { get; }

    /// <summary>How many cuts there were while a connection stood.</summary>
    public int Cuts { get; private set; }

    /// <summary>Ends every connection with what is on its way, and lets none through until mended.</summary>
    public void Cut()
    {
        lock (gate)
        {
            isCut = true;
            var cut = open.Count(connection => connection.Cut());
            Cuts += Math.Min(cut, 1);
            open.Clear();
        }
    }

    public void Mend()
    {
        lock (gate) isCut = false;
    }

    /// <summary>Ends every connection with what is on its way; the next go to another server.</summary>
    public void LeadTo(int port)
    {
        target = port;
        Cut();
        Mend();
    }

    /// <summary>Passes on what comes on one side to the other from <see cref="ILineConnection.Start"/> on.</summary>
    protected abstract ILineConnection Join(Socket near, Socket far);

    /// <summary>A connection has ended by itself.</summary>
    protected void Forget(ILineConnection connection)
    {
        lock (gate) open.Remove(connection);
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
            var connection = Join(near, far);
            lock (gate)
            {
                if (isCut)
                {
                    connection.Cut();
                    continue;
                }
                open.Add(connection);
            }
            connection.Start();
        }
    }

    /// <summary>
    /// Closes a socket, not in good order: neither side learns what the other had received. False if it was closed before.
    /// </summary>
    public static bool Reset(Socket socket)
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

    public async ValueTask DisposeAsync()
    {
        Cut();
        await stopping.CancelAsync();
        listener.Stop();
        await accepting.ContinueWith(static _ => { }, TaskScheduler.Default);
        stopping.Dispose();
    }
}

/// <summary>One connection through a line.</summary>
interface ILineConnection
{
    void Start();

    /// <summary>Ends it with what is on its way; false if it had ended.</summary>
    bool Cut();
}
