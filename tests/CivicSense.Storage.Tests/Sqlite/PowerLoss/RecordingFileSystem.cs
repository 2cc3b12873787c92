using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CivicSense.Storage.Tests;

/// <summary>
/// Writes down what SQLite asks of the files in one folder, and does it. Installed as SQLite's default file system (sqlite.org/vfs.html) of
/// the test process; files elsewhere go by untouched.
/// </summary>
/// <remarks>
/// The methods of a file are a table of functions that its first word points to (sqlite3_io_methods). A file in the folder gets a copy of
/// that table in which writing, cutting and syncing are ours. SQLite has several such tables: a log is not locked, a database is. Only for
/// 64-bit processes: the offsets are those of 8-byte pointers.
/// </remarks>
static unsafe class RecordingFileSystem
{
    const int FileSystemSize = 168, OpenOffset = 40, DeleteOffset = 48, NameOffset = 24;
    const int MethodsSize = 152, WriteOffset = 24, TruncateOffset = 32, SyncOffset = 40;

    static readonly Lock Gate = new();
    static readonly ConcurrentDictionary<nint, (string Name, nint Methods)> Files = new();
    static readonly ConcurrentDictionary<nint, nint> Patched = new();
    static nint original;
    static string folder = "";
    static List<DiskEvent>? events;

    /// <summary>Begins to write down what happens in a folder. One recording at a time.</summary>
    public static void Begin(string path)
    {
        lock (Gate)
        {
            if (events is not null)
                throw new InvalidOperationException("Another recording is going on.");
            if (original == 0)
                Install();
            (folder, events) = (path + Path.DirectorySeparatorChar, []);
        }
    }

    /// <summary>Writes down that a step has been acknowledged.</summary>
    public static void Acknowledge(int step) => Add(new DiskEvent.Acknowledged(step));

    /// <summary>Ends the recording.</summary>
    public static List<DiskEvent> End()
    {
        lock (Gate)
        {
            var recorded = events ?? throw new InvalidOperationException("Nothing is being recorded.");
            events = null;
            return recorded;
        }
    }

    static void Add(DiskEvent one)
    {
        lock (Gate) events?.Add(one);
    }

    static void Install()
    {
        SQLitePCL.Batteries_V2.Init();
        original = FindFileSystem(0);
        var copy = (byte*)NativeMemory.AllocZeroed(FileSystemSize);
        Buffer.MemoryCopy((void*)original, copy, FileSystemSize, FileSystemSize);
        *(nint*)(copy + NameOffset) = Marshal.StringToCoTaskMemUTF8("recording");
        *(nint*)(copy + OpenOffset) = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)&Open;
        *(nint*)(copy + DeleteOffset) = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Delete;
        Assert.Equal(0, RegisterFileSystem((nint)copy, 1));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Open(nint fileSystem, byte* name, nint file, int flags, int* outFlags)
    {
        var open = (delegate* unmanaged[Cdecl]<nint, byte*, nint, int, int*, int>)(*(nint*)(original + OpenOffset));
        var result = open(original, name, file, flags, outFlags);
        if (result == 0
            && Marshal.PtrToStringUTF8((nint)name) is { } path && path.StartsWith(folder, StringComparison.Ordinal) && folder.Length > 1)
        {
            var methods = *(nint*)file;
            Files[file] = (Path.GetFileName(path), methods);
            *(nint*)file = Patched.GetOrAdd(methods, Patch);
        }
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Delete(nint fileSystem, byte* name, int isSynced)
    {
        var path = Marshal.PtrToStringUTF8((nint)name)!;
        var result = ((delegate* unmanaged[Cdecl]<nint, byte*, int, int>)(*(nint*)(original + DeleteOffset)))(original, name, isSynced);
        if (path.StartsWith(folder, StringComparison.Ordinal) && folder.Length > 1)
            Add(new DiskEvent.Deleted(Path.GetFileName(path)));
        return result;
    }

    static nint Patch(nint methods)
    {
        var copy = (byte*)NativeMemory.AllocZeroed(MethodsSize);
        Buffer.MemoryCopy((void*)methods, copy, MethodsSize, MethodsSize);
        *(nint*)(copy + WriteOffset) = (nint)(delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)&Write;
        *(nint*)(copy + TruncateOffset) = (nint)(delegate* unmanaged[Cdecl]<nint, long, int>)&Truncate;
        *(nint*)(copy + SyncOffset) = (nint)(delegate* unmanaged[Cdecl]<nint, int, int>)&Sync;
        return (nint)copy;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Write(nint file, byte* bytes, int count, long offset)
    {
        var (name, methods) = Files[file];
        Add(new DiskEvent.Written(name, offset, new ReadOnlySpan<byte>(bytes, count).ToArray()));
        return ((delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)(*(nint*)(methods + WriteOffset)))(file, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Truncate(nint file, long length)
    {
        var (name, methods) = Files[file];
        Add(new DiskEvent.Truncated(name, length));
        return ((delegate* unmanaged[Cdecl]<nint, long, int>)(*(nint*)(methods + TruncateOffset)))(file, length);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static int Sync(nint file, int flags)
    {
        var (name, methods) = Files[file];
        var result = ((delegate* unmanaged[Cdecl]<nint, int, int>)(*(nint*)(methods + SyncOffset)))(file, flags);
        Add(new DiskEvent.Synced(name));
        return result;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", ExactSpelling = true)]
    static extern nint FindFileSystem(nint name);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register", ExactSpelling = true)]
    static extern int RegisterFileSystem(nint fileSystem, int isDefault);
}
