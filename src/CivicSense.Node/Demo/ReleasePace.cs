using CivicSense.FirmwareSim;
using CivicSense.Release;

namespace CivicSense.Node.Demo;

/// <summary>Holds a source back while releases are behind: a device keeps only so many open windows, and refuses readings beyond them.</summary>
sealed class ReleasePace(
    IProgress<FleetProgress> progress, ReleaseCycle cycle, TimeProvider clock, CancellationToken cancellationToken) : IProgress<FleetProgress>
{
    /// <summary>With the hour being sent and the lateness, six quantities fit into a device's 32 open contributions.</summary>
    static readonly TimeSpan Allowance = TimeSpan.FromHours(2);

    /// <summary>A source reports between two hours, so that waiting here keeps it from beginning the next.</summary>
    public void Report(FleetProgress value)
    {
        progress.Report(value);
        while (cycle.NextDue + Allowance <= clock.GetUtcNow() && !cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1)))
        {
            // The condition is all there is to wait for.
        }
    }
}
