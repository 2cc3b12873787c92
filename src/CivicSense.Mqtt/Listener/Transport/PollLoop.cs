using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>One thread that waits for many sockets and runs what their connections do next, one after the other.</summary>
/// <remarks>
/// A reading connection costs one system call a message here: the kernel is asked for the bytes once they are known to be there, and not
/// again. Nothing that runs on the thread may block.
/// </remarks>
sealed class PollLoop : PipeScheduler, IDisposable
{
    /// <summary>Most bytes that one connection is given before the others have their turn.</summary>
    public const int TurnSize = 64 * 1024;

    const int AlarmNumber = -1;
    const int MostEvents = 512;

    readonly int set = Kernel.CreateSet();
    readonly int alarm = Kernel.CreateAlarm();
    readonly byte[] events = new byte[MostEvents * Kernel.EventSize];
    readonly ConcurrentQueue<(Action<object?> Action, object? State)> scheduled = new();
    readonly Queue<PolledReader> ready = new();
    readonly Lock slots = new();
    readonly Stack<int> free = new();
    readonly Thread thread;
    PolledConnection?[] connections = new PolledConnection?[64];
    int used;
    int isAlarmSet;
    volatile bool isStopping;

    public PollLoop(string name)
    {
        Kernel.Watch(set, alarm, AlarmNumber, Kernel.Readable);
        thread = new Thread(Run) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>What a connection reads into unless it has kept bytes of an incomplete packet. Used on this thread only.</summary>
    public byte[] SharedBuffer { get; private set; } = new byte[TurnSize];

    /// <summary>Gives <see cref="SharedBuffer"/> away to a reader that has not finished with it.</summary>
    public void ReplaceSharedBuffer() => SharedBuffer = new byte[TurnSize];

    /// <summary>Runs <paramref name="action"/> on this thread, soon.</summary>
    public override void Schedule(Action<object?> action, object? state)
    {
        scheduled.Enqueue((action, state));
        if (Thread.CurrentThread != thread && Interlocked.Exchange(ref isAlarmSet, 1) == 0) Kernel.SetAlarm(alarm);
    }

    /// <summary>Lets a reader that may have more to read wait for its next turn. Called on this thread only.</summary>
    public void Continue(PolledReader reader) => ready.Enqueue(reader);

    public bool IsCurrent => Thread.CurrentThread == thread;

    /// <summary>Begins to report events of a connection's socket to it.</summary>
    public int Register(PolledConnection connection, int descriptor)
    {
        int number;
        lock (slots)
        {
            if (!free.TryPop(out number)) number = used++;
            if (number == connections.Length)
            {
                PolledConnection?[] larger = connections;
                Array.Resize(ref larger, 2 * number);
                Volatile.Write(ref connections, larger);
            }

            connections[number] = connection;
        }

        try
        {
            Kernel.Watch(set, descriptor, number, Kernel.Readable | Kernel.Writable);
        }
        catch
        {
            Forget(number);
            throw;
        }

        return number;
    }

    /// <summary>Forgets a connection. An event that is on its way may still reach whoever gets the number next, who can bear it.</summary>
    public void Forget(int number)
    {
        lock (slots)
        {
            connections[number] = null;
            free.Push(number);
        }
    }

    void Run()
    {
        while (!isStopping)
        {
            bool isBusy = ready.Count > 0 || !scheduled.IsEmpty;
            int count = Kernel.Wait(set, events, isBusy ? 0 : -1);
            for (int i = 0; i < count; i++)
            {
                (uint what, int number) = Kernel.Event(events, i);
                if (number == AlarmNumber) OnAlarm();
                else Volatile.Read(ref connections)[number]?.OnEvent(what);
            }

            for (int i = ready.Count; i > 0; i--) ready.Dequeue().Receive();
            for (int i = scheduled.Count; i > 0 && scheduled.TryDequeue(out (Action<object?> Action, object? State) next); i--)
                next.Action(next.State);
        }

        // The alarm stays open: another thread may still set it, and its number must not be somebody else's by then.
        Kernel.Close(set);
    }

    void OnAlarm()
    {
        Kernel.ResetAlarm(alarm);
        // Before the queue is looked at: whoever adds to it from now on sets the alarm again.
        Volatile.Write(ref isAlarmSet, 0);
        Interlocked.MemoryBarrier();
    }

    public void Dispose()
    {
        isStopping = true;
        if (Interlocked.Exchange(ref isAlarmSet, 1) == 0) Kernel.SetAlarm(alarm);
    }
}
