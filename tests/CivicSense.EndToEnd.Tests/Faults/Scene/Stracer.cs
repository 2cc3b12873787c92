using System.Diagnostics;
using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>A running process whose system calls are answered otherwise, until this is disposed of.</summary>
sealed class Stracer : IAsyncDisposable
{
    readonly Process strace;

    Stracer(Process strace) => this.strace = strace;

    /// <summary>Attaches strace; skips the test where it is not installed or may not.</summary>
    public static async Task<Stracer> AttachAsync(int process, params string[] arguments)
    {
        var program = Surroundings.RequireProgram("strace");
        var start = new ProcessStartInfo(program, ["-p", process.ToString(CultureInfo.InvariantCulture), "-o", "/dev/null", .. arguments])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        var started = Process.Start(start)!;
        var said = await started.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(said?.Contains("attached", StringComparison.Ordinal) == true, $"strace may not look at other processes: {said}");
        // What it goes on to say must not fill the pipe.
        _ = started.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return new Stracer(started);
    }

    public async ValueTask DisposeAsync()
    {
        await MortalPostgres.RunShellAsync(string.Create(CultureInfo.InvariantCulture, $"kill -TERM {strace.Id}"));
        await strace.WaitForExitAsync();
        strace.Dispose();
    }
}
