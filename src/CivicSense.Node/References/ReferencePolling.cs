using CivicSense.Commons;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.References;

/// <summary>Looks at every source on a schedule of its own and puts what it says into the inbox.</summary>
/// <remarks>
/// Calling protocol: <see cref="ReadFilesAsync"/> before the first release, so that a replay has everything at once; then the service runs.
/// </remarks>
sealed class ReferencePolling(
    IReadOnlyList<ReferenceStation> stations, ReferenceInbox inbox, ClockMode clock, TimeProvider time, ILogger<ReferencePolling> logger)
    : BackgroundService
{
    readonly HashSet<ReferenceStation> failing = [];
    readonly HashSet<ReferenceStation> complained = [];
    readonly HashSet<ReferenceStation> overfull = [];
    readonly Lock gate = new();

    /// <summary>Reads the sources that are files. One that cannot be read is logged, and no more.</summary>
    public async Task ReadFilesAsync(CancellationToken cancellationToken)
    {
        foreach (var station in stations.Where(IsFile))
            await LookAsync(station, atStart: true, cancellationToken);
    }

    /// <summary>Looks at one source once; answers whether it could be read.</summary>
    public async Task<bool> LookAsync(ReferenceStation station, bool atStart, CancellationToken cancellationToken)
    {
        var name = station.Settings.Name;
        try
        {
            if (await station.ReadAsync(cancellationToken) is { } reading)
            {
                var now = time.GetUtcNow();
                var refused = inbox.Add(name, reading.Values, atStart ? null : now, clock == ClockMode.Wall ? Latest(now) : null);
                if (refused > 0 && IsFirst(overfull, station))
                    logger.ReferenceValuesRefused(name, refused);
                // A value a little below zero is an analyser's ordinary noise, and no reason to look into anything.
                if (reading.FirstUnreadable is { } first && IsFirst(complained, station))
                    logger.ReferencePartlyUnreadable(name, reading.Refused - reading.OutOfRange, first);
            }
            if (EndsOutage(station))
                logger.ReferenceBack(name);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever goes wrong with a source ends here: releases go on without it.
            if (IsFirst(failing, station))
                logger.ReferenceUnavailable(name, Explain(exception));
            return false;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        stations.Where(station => !IsFile(station) || clock == ClockMode.Wall).Select(station => PollAsync(station, stoppingToken)));

    async Task PollAsync(ReferenceStation station, CancellationToken stoppingToken)
    {
        await Task.Yield();
        var schedule = new PollSchedule(TimeSpan.FromMinutes(station.Settings.EveryMinutes));
        var succeeded = true;
        var wasRead = IsFile(station);
        try
        {
            while (true)
            {
                if (!wasRead)
                    succeeded = await LookAsync(station, atStart: false, stoppingToken);
                wasRead = false;
                await Task.Delay(schedule.Next(succeeded, Random.Shared.NextDouble()), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    bool IsFirst(HashSet<ReferenceStation> seen, ReferenceStation station)
    {
        lock (gate) return seen.Add(station);
    }

    bool EndsOutage(ReferenceStation station)
    {
        lock (gate) return failing.Remove(station);
    }

    /// <summary>Two hours more than there can be values of, for clocks that are wrong and stations that stamp the end of an hour.</summary>
    static HourWindow Latest(DateTimeOffset now) => new(HourWindow.Containing(now).Index + 2);

    static string Explain(Exception exception) =>
        exception is ReferenceSourceException ? exception.Message : $"It failed with {exception.GetType().Name}.";

    static bool IsFile(ReferenceStation station) => station.Settings.File is not null;
}
