using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Doctor;

/// <summary>Whether clock and time zone fit what has been released, and whether releases come when they are due.</summary>
static class ScheduleCheck
{
    /// <summary>A release may wait for a silent ingest process, and for another process to take over.</summary>
    static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(15);

    public static async Task RunAsync(
        NodeSettings settings, ICommons commons, TimeProvider time, List<Finding> findings, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            await PastCheck.RequireFitAsync(settings, commons, time, cancellationToken);
            findings.Add(Finding.Ok(
                "clock and time zone", string.Create(
                    CultureInfo.InvariantCulture, $"{now:u}, days of {settings.TimeZone}; they fit what has been released.")));
        }
        catch (UserErrorException error)
        {
            findings.Add(Finding.Problem("clock and time zone", error.Message));
            return;
        }
        var (newest, due) = await new PublicSchedule(commons, settings.ReleaseOptions).ReadAsync(cancellationToken);
        var last = newest is { } window
            ? string.Create(CultureInfo.InvariantCulture, $"the newest is that of {window.Start:u}")
            : "none yet";
        if (settings.Clock == ClockMode.Event)
            findings.Add(Finding.Ok("releases", $"{last}; readings drive the clock."));
        else if (due is null)
            findings.Add(Finding.Ok(
                "releases", $"{last}, and none is due: no plan covers what comes. It takes five households in an area."));
        else if (due + Tolerance < now)
            findings.Add(Finding.Warning("releases", string.Create(
                CultureInfo.InvariantCulture,
                $"{last}, and the next was due at {due:u}. Does a process that releases run? Its log says what it waits for.")));
        else
            findings.Add(Finding.Ok("releases", string.Create(CultureInfo.InvariantCulture, $"{last}; the next is due at {due:u}.")));
    }
}
