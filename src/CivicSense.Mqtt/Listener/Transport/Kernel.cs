using System.Runtime.InteropServices;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>The system calls of Linux that the transport makes; see epoll(7), send(2), recv(2), eventfd(2) and getrlimit(2).</summary>
static unsafe partial class Kernel
{
    /// <summary>EPOLLIN.</summary>
    public const uint Readable = 0x1;

    /// <summary>EPOLLOUT.</summary>
    public const uint Writable = 0x4;

    /// <summary>EPOLLERR, EPOLLHUP and EPOLLRDHUP: there will be an end or an error to read.</summary>
    public const uint HangUp = 0x8 | 0x10 | 0x2000;

    const uint EdgeTriggered = 1u << 31;
    const uint PeerHangUp = 0x2000;
    const int CloseOnExecute = 0x80000;
    const int NonBlocking = 0x800;
    const int AddInterest = 1;
    const int DontWait = 0x40;
    const int NoSignal = 0x4000;
    const int OpenFiles = 7;
    const int TryAgain = 11;
    const int Interrupted = 4;

    // struct epoll_event is packed on x86-64 and nowhere else.
    static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Bytes of one event in the buffer given to <see cref="Wait"/>.</summary>
    public static int EventSize => IsPacked ? 12 : 16;

    static int DataOffset => IsPacked ? 4 : 8;

    public static int CreateSet() => Check(epoll_create1(CloseOnExecute));

    public static int CreateAlarm() => Check(eventfd(0, CloseOnExecute | NonBlocking));

    /// <summary>Reports changes of a socket by <paramref name="number"/> from now on, each change once.</summary>
    public static void Watch(int set, int descriptor, int number, uint events)
    {
        byte* interest = stackalloc byte[16];
        *(uint*)interest = events | PeerHangUp | EdgeTriggered;
        *(long*)(interest + DataOffset) = number;
        Check(epoll_ctl(set, AddInterest, descriptor, interest));
    }

    /// <summary>Waits for changes; their number.</summary>
    /// <param name="set">The epoll instance.</param>
    /// <param name="events">Receives them, <see cref="EventSize"/> bytes each.</param>
    /// <param name="milliseconds">How long at most; -1: for ever.</param>
    public static int Wait(int set, Span<byte> events, int milliseconds)
    {
        fixed (byte* buffer = events)
        {
            int count = epoll_wait(set, buffer, events.Length / EventSize, milliseconds);
            return count >= 0 ? count : Marshal.GetLastPInvokeError() == Interrupted ? 0 : Check(count);
        }
    }

    public static (uint Events, int Number) Event(ReadOnlySpan<byte> events, int index)
    {
        ReadOnlySpan<byte> one = events[(index * EventSize)..];
        return (MemoryMarshal.Read<uint>(one), MemoryMarshal.Read<int>(one[DataOffset..]));
    }

    /// <summary>Bytes received; 0 at the end of the stream and after an error; -1 if nothing is there.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* target = buffer)
        {
            nint received = recv(socket, target, (nuint)buffer.Length, DontWait);
            return received >= 0 ? (int)received : IsTemporary() ? -1 : 0;
        }
    }

    /// <summary>Bytes that the kernel took, perhaps 0; -1 after an error.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
        {
            nint sent = send(socket, source, (nuint)bytes.Length, DontWait | NoSignal);
            return sent >= 0 ? (int)sent : IsTemporary() ? 0 : -1;
        }
    }

    public static void SetAlarm(int alarm)
    {
        ulong one = 1;
        _ = write(alarm, &one, sizeof(ulong));
    }

    public static void ResetAlarm(int alarm)
    {
        ulong count;
        _ = read(alarm, &count, sizeof(ulong));
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>
    /// How many file descriptors the process may have now (RLIMIT_NOFILE); <see cref="int.MaxValue"/> if there is no such limit.
    /// </summary>
    public static int DescriptorLimit()
    {
        // struct rlimit: the limit in force, then how far the process may raise it. .NET has raised it when it started.
        nuint* limits = stackalloc nuint[2];
        return getrlimit(OpenFiles, limits) < 0 || *limits > int.MaxValue ? int.MaxValue : (int)*limits;
    }

    static bool IsTemporary() => Marshal.GetLastPInvokeError() is TryAgain or Interrupted;

    static int Check(int result) =>
        result >= 0 ? result : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int set, int operation, int descriptor, byte* interest);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int set, byte* events, int count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc")]
    private static partial nint write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, nuint* limits);
}
