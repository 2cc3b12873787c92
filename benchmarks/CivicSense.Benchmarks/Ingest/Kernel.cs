using System.Runtime.InteropServices;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>The system calls of Linux that a load generator needs: sockets that never block, and epoll.</summary>
/// <remarks>
/// The generator shares a machine with what it measures, so it has to be cheaper than that. .NET's sockets cost a second receive for
/// each message.
/// </remarks>
static unsafe partial class Kernel
{
    public const uint Readable = 1;
    public const uint Writable = 4;

    /// <summary>EAGAIN: nothing to read, or no room to write.</summary>
    public const int WouldBlock = 11;

    const int InProgress = 115;
    const int AddInterest = 1;
    const int ChangeInterest = 3;

    // struct epoll_event is packed on x86-64 only.
    static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Bytes of one event in the buffer for <see cref="Wait"/>.</summary>
    public static int EventSize => IsPacked ? 12 : 16;

    static int DataOffset => IsPacked ? 4 : 8;

    /// <summary>Makes an epoll instance.</summary>
    public static int CreateSet() => Check(epoll_create1(0), "epoll_create1");

    /// <summary>Opens a socket and begins to connect it to a port of this machine.</summary>
    public static int BeginConnect(int port)
    {
        // AF_INET; SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
        var socket = Check(socket_(2, 1 | 0x800 | 0x80000, 0), "socket");
        var yes = 1;
        // IPPROTO_TCP, TCP_NODELAY
        Check(setsockopt(socket, 6, 1, &yes, sizeof(int)), "setsockopt");
        ReadOnlySpan<byte> address = [2, 0, (byte)(port >> 8), (byte)(port & 255), 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        fixed (byte* at = address)
        {
            if (connect(socket, at, address.Length) < 0 && Marshal.GetLastPInvokeError() != InProgress)
                throw Failure("connect");
        }
        return socket;
    }

    /// <summary>Says which events of a socket are of interest, and by what number to report them.</summary>
    public static void Watch(int set, int socket, int number, uint events, bool isNew)
    {
        var buffer = stackalloc byte[16];
        *(uint*)buffer = events;
        *(int*)(buffer + DataOffset) = number;
        Check(epoll_ctl(set, isNew ? AddInterest : ChangeInterest, socket, buffer), "epoll_ctl");
    }

    /// <summary>Waits for events; the number of events, 0 when the time is up.</summary>
    public static int Wait(int set, Span<byte> events, int milliseconds)
    {
        fixed (byte* at = events)
        {
            var count = epoll_wait(set, at, events.Length / EventSize, milliseconds);
            return count >= 0 ? count : 0;
        }
    }

    /// <summary>Takes one event out of the buffer.</summary>
    public static (uint Events, int Number) Event(ReadOnlySpan<byte> events, int index)
    {
        var one = events[(index * EventSize)..];
        return (MemoryMarshal.Read<uint>(one), MemoryMarshal.Read<int>(one[DataOffset..]));
    }

    /// <summary>Bytes received, 0 at the end, or -1 with <see cref="LastError"/>.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* at = buffer) return (int)recv(socket, at, (nuint)buffer.Length, 0);
    }

    /// <summary>Bytes sent, or -1 with <see cref="LastError"/>.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        // MSG_NOSIGNAL
        fixed (byte* at = bytes) return (int)send(socket, at, (nuint)bytes.Length, 0x4000);
    }

    public static int LastError => Marshal.GetLastPInvokeError();

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Keeps the calling thread on one processor.</summary>
    public static void Pin(int processor)
    {
        var mask = stackalloc ulong[16];
        mask[processor / 64] = 1UL << (processor % 64);
        Check(sched_setaffinity(0, 128, mask), "sched_setaffinity");
    }

    static int Check(int result, string call) => result >= 0 ? result : throw Failure(call);

    static IngestException Failure(string call) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}. For many connections, raise 'ulimit -n'.");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int set, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int set, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int socket_(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int socket, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint size, void* mask);
}
