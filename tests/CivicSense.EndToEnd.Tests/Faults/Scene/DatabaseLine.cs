using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The way of one process to the database. A test can cut it, and hold up one commit at the moment that it names.</summary>
sealed class DatabaseLine : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Lock gate = new();
    readonly List<LineConnection> open = [];
    int target;
    readonly Task accepting;
    bool isCut;
    HeldCommit? trap;

    public DatabaseLine(int target)
    {
        this.target = target;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    /// <summary>Where the process connects to.</summary>
    public int Port { get; }

    /// <summary>How long the server may let a stopped transaction block others, in seconds of two digits; null for what the node says.</summary>
    public string? IdleLimit { get; set; }

    /// <summary>Ends every connection with what is on its way; the next go to another server.</summary>
    public void LeadTo(int port)
    {
        Volatile.Write(ref target, port);
        Cut();
        Mend();
    }

    /// <summary>Ends every connection with what is on its way, and lets none through until mended.</summary>
    public void Cut()
    {
        lock (gate)
        {
            isCut = true;
            foreach (var connection in open)
                connection.Cut();
            open.Clear();
        }
    }

    public void Mend()
    {
        lock (gate) isCut = false;
    }

    /// <summary>Holds up the next commit of this kind.</summary>
    public HeldCommit Trap(Commit commit, Held at)
    {
        lock (gate) return trap = new HeldCommit(commit, at);
    }

    /// <summary>The trap that this commit falls into, which is then open again; null if there is none.</summary>
    internal HeldCommit? Spring(Commit commit, bool begins)
    {
        lock (gate)
        {
            if (trap is not { } set || set.Commit != commit || (set.At == Held.BeforeItBegins) != begins)
                return null;
            trap = null;
            return set;
        }
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
                await far.ConnectAsync(IPAddress.Loopback, Volatile.Read(ref target), stopping.Token);
            }
            catch (SocketException)
            {
                near.Dispose();
                continue;
            }
            var connection = new LineConnection(this, near, far);
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

    internal void Forget(LineConnection connection)
    {
        lock (gate) open.Remove(connection);
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

/// <summary>A commit that is, or is going to be, held up.</summary>
sealed class HeldCommit(Commit commit, Held at)
{
    readonly TaskCompletionSource<LineConnection> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Commit Commit => commit;

    public Held At => at;

    /// <summary>Completes when the commit has come to this point.</summary>
    public Task ReachedAsync() => reached.Task.WaitAsync(Processes.NodeProcess.Patience, TimeProvider.System);

    internal Task FreedAsync() => freed.Task;

    internal void Reach(LineConnection connection) => reached.TrySetResult(connection);

    /// <summary>Lets it go on.</summary>
    public void LetGo() => freed.TrySetResult();

    /// <summary>Cuts its connection: what has not been passed on never is.</summary>
    public async Task DropAsync()
    {
        (await reached.Task).Cut();
        freed.TrySetResult();
    }
}

/// <summary>One connection through the line.</summary>
sealed class LineConnection(DatabaseLine line, Socket near, Socket far)
{
    readonly CommitWatch watch = new();
    readonly List<byte[]> answer = [];
    volatile HeldCommit? holdingAnswer;

    public void Start()
    {
        var nearStream = new NetworkStream(near);
        var farStream = new NetworkStream(far);
        _ = PassOnAsync(nearStream, farStream, AskAsync, isClient: true);
        _ = PassOnAsync(farStream, nearStream, AnswerAsync, isClient: false);
    }

    /// <summary>Not in good order: neither side learns what the other had received.</summary>
    public void Cut()
    {
        foreach (var socket in (Socket[])[near, far])
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Closed before.
            }
            socket.Dispose();
        }
    }

    async Task PassOnAsync(NetworkStream from, NetworkStream to, Func<byte[], NetworkStream, Task> pass, bool isClient)
    {
        var hasType = !isClient;
        var reader = PipeReader.Create(from);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                var rest = read.Buffer;
                while (PostgresFrames.TryRead(ref rest, hasType, out var frame))
                {
                    if (hasType)
                        await pass(frame, to);
                    else
                        await to.WriteAsync(frame);
                    hasType = true;
                }
                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) break;
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // Cut, or one side has gone.
        }
        line.Forget(this);
        near.Dispose();
        far.Dispose();
    }

    async Task AskAsync(byte[] frame, NetworkStream server)
    {
        if (line.IdleLimit is { } limit)
            Shorten(frame, limit);
        if (watch.BeginsReadings(frame) && line.Spring(Commit.OfReadings, begins: true) is { } begun)
        {
            begun.Reach(this);
            await begun.FreedAsync();
        }
        if (watch.Look(frame) is { } commit && line.Spring(commit, begins: false) is { } held)
        {
            if (held.At == Held.BeforeItIsMade)
            {
                held.Reach(this);
                await held.FreedAsync();
            }
            else
            {
                holdingAnswer = held;
            }
        }
        await server.WriteAsync(frame);
    }

    async Task AnswerAsync(byte[] frame, NetworkStream client)
    {
        // ReadyForQuery, outside of any transaction: the commit has been made.
        if (holdingAnswer is { } held && frame is [(byte)'Z', .., (byte)'I'])
        {
            held.Reach(this);
            await held.FreedAsync();
            holdingAnswer = null;
        }
        // Nothing of the answer arrives before all of it may.
        if (holdingAnswer is null)
        {
            foreach (var kept in answer)
                await client.WriteAsync(kept);
            answer.Clear();
            await client.WriteAsync(frame);
        }
        else
        {
            answer.Add(frame);
        }
    }

    /// <summary>In place: a message keeps its length. The last setting of several counts.</summary>
    static void Shorten(byte[] frame, string seconds)
    {
        var rest = frame.AsSpan();
        while (rest.IndexOf(IdleSetting) is var at and >= 0)
        {
            rest = rest[(at + IdleSetting.Length)..];
            (rest[0], rest[1]) = ((byte)seconds[0], (byte)seconds[1]);
        }
    }

    static ReadOnlySpan<byte> IdleSetting => "idle_in_transaction_session_timeout = '"u8;
}
