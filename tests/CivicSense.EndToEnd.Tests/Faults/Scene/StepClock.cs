using System.Globalization;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// The clock of node processes, which a test can set. libfaketime moves their monotonic counter with it, so that a step looks like time
/// that has passed and not like somebody who has set the clock.
/// </summary>
sealed class StepClock
{
    static readonly string[] Libraries =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    readonly TemporaryFolder folder;
    readonly string name;

    /// <summary>A clock that begins with an instant.</summary>
    public StepClock(TemporaryFolder folder, string name, DateTimeOffset start)
    {
        (this.folder, this.name) = (folder, name);
        StepTo(start);
    }

    /// <summary>What libfaketime is, or null where it is not installed.</summary>
    public static string? Library { get; } = Libraries.FirstOrDefault(File.Exists);

    /// <summary>How far it is ahead of the machine's.</summary>
    public TimeSpan Ahead { get; private set; }

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + Ahead;

    public HourWindow Hour => HourWindow.Containing(Now);

    /// <summary>Whether steps are those of somebody who sets the clock, which the monotonic counter does not make.</summary>
    public bool IsSetBySomebody { get; init; }

    /// <summary>What a process needs in its environment to live by this clock.</summary>
    public Dictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library!,
            ["FAKETIME_TIMESTAMP_FILE"] = folder.File(name),
            ["FAKETIME_NO_CACHE"] = "1",
            ["NO_FAKE_STAT"] = "1",
        };
        if (IsSetBySomebody)
            variables["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        return variables;
    }

    /// <summary>Sets it. In whole seconds from the machine's clock, so that all processes see the same.</summary>
    public void StepTo(DateTimeOffset instant) => StepBy(TimeSpan.FromSeconds(Math.Ceiling((instant - Now).TotalSeconds)));

    public void StepBy(TimeSpan step)
    {
        Ahead += step;
        // The file is read at each look at the clock, so it must never be half written.
        var next = folder.Write(name + ".new", string.Create(CultureInfo.InvariantCulture, $"{Ahead.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, folder.File(name), overwrite: true);
    }

    /// <summary>libfaketime shares memory under the process's number, which a killed process leaves behind.</summary>
    public static void CleanUpAfter(int process)
    {
        File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/faketime_shm_{process}"));
        File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/sem.faketime_sem_{process}"));
    }
}
