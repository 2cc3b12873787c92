using System.Globalization;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>What Linux says about a process.</summary>
static class LinuxProcess
{
    /// <summary>Clock ticks a second in /proc; fixed on every architecture that .NET runs on.</summary>
    const double TicksPerSecond = 100;

    /// <summary>Processor time used so far by all threads, in seconds.</summary>
    public static double ProcessorSeconds(int process)
    {
        var fields = StatFields(process);
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))
            / TicksPerSecond;
    }

    /// <summary>Threads now.</summary>
    public static int Threads(int process) => int.Parse(StatFields(process)[17], CultureInfo.InvariantCulture);

    /// <summary>Memory in use now (resident set), in bytes.</summary>
    public static long ResidentBytes(int process) => StatusBytes(process, "VmRSS:");

    /// <summary>The most memory that was in use at any time so far, or since <see cref="ForgetPeak"/>, in bytes.</summary>
    public static long PeakResidentBytes(int process) => StatusBytes(process, "VmHWM:");

    /// <summary>Lets <see cref="PeakResidentBytes"/> begin anew with what is in use now (proc(5), clear_refs).</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    /// <summary>Bytes that this process has had to wait for from a disk, because they were not in memory.</summary>
    public static long DiskBytesRead()
    {
        var line = File.ReadLines("/proc/self/io").First(line => line.StartsWith("read_bytes:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>How many threads have waited for a processor or had one in the last minute, on average over all programs.</summary>
    public static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The name of this machine's processor.</summary>
    public static string ProcessorName =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? "unknown processor";

    static long StatusBytes(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    // The fields after the command's name, which may hold spaces: state is number 0.
    static string[] StatFields(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }
}
