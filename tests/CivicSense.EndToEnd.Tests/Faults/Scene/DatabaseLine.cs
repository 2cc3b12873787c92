using System.IO.Pipelines;
using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The way of one process to the database. A test can also hold up one commit at the moment that it names.</summary>
sealed class DatabaseLine(int target) : LocalLine(target)
{
    readonly Lock gate = new();
    HeldCommit? trap;
    int looks;

    /// <summary>
    /// How long the server may let a stopped transaction block others, in seconds of two digits; null for what the node says.
    /// </summary>
    public string? IdleLimit { get; set; }

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

    /// <summary>How often the process has begun to look at the lease so far. It does so every second while it follows.</summary>
    public int Looks => Volatile.Read(ref looks);

    internal void Look() => Interlocked.Increment(ref looks);

    internal void Ended(LineConnection connection) => Forget(connection);

    protected override ILineConnection Join(Socket near, Socket far) => new LineConnection(this, near, far);
}

/// <summary>A commit that is, or is going to be, held up.</summary>
sealed class HeldCommit(Commit commit, Held at)
{
    readonly TaskCompletionSource<LineConnection> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Commit Commit => commit;

    public Held At => at;

    /// <summary>Completes when the commit has come to this point.</summary>
    public Task ReachedAsync() => reached.Task.WaitAsync(NodeProcess.Patience, TimeProvider.System);

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
sealed class LineConnection(DatabaseLine line, Socket near, Socket far) : ILineConnection
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

    public bool Cut() => LocalLine.Reset(near) | LocalLine.Reset(far);

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
        line.Ended(this);
        near.Dispose();
        far.Dispose();
    }

    async Task AskAsync(byte[] frame, NetworkStream server)
    {
        if (line.IdleLimit is { } limit)
            Shorten(frame, limit);
        if (watch.LooksAtLease(frame))
            line.Look();
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
