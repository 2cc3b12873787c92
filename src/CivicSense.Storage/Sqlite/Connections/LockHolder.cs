using System.Globalization;

namespace CivicSense.Storage;

/// <summary>Asks the kernel which process holds the lock on a file, so that nothing has to be written that could be out of date.</summary>
static class LockHolder
{
    /// <summary>The number of the process, or null where it cannot be known: no <c>/proc</c>, another container, another account.</summary>
    public static int? Find(string path)
    {
        try
        {
            // proc_locks(5): "1: FLOCK  ADVISORY  WRITE 1234 fd:01:5678 0 EOF".
            return File.ReadLines("/proc/locks")
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 4 && fields[1] == "FLOCK" && fields[3] == "WRITE")
                .Select(fields => int.Parse(fields[4], CultureInfo.InvariantCulture))
                .Where(process => HasOpen(process, path))
                .Select(process => (int?)process)
                .FirstOrDefault();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    static bool HasOpen(int process, string path)
    {
        try
        {
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
