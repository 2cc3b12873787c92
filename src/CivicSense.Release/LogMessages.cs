using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>The room's log messages, 3000 to 3099. Nothing here may tell owners, areas or values apart.</summary>
static partial class LogMessages
{
    [LoggerMessage(3000, LogLevel.Information, "Plan fixed for {Day}: {Areas} areas, {Quantities} quantities, rho {Rho} per owner-day.")]
    public static partial void PlanFixed(this ILogger logger, PrivacyDay day, int areas, int quantities, decimal rho);

    [LoggerMessage(3001, LogLevel.Debug, "Released {Window}: {Keys} noisy values.")]
    public static partial void WindowReleased(this ILogger logger, HourWindow window, int keys);

    [LoggerMessage(3002, LogLevel.Information, "Closed the privacy day {Day}.")]
    public static partial void DayClosed(this ILogger logger, PrivacyDay day);

    [LoggerMessage(3010, LogLevel.Warning,
        "The release waits for {Processes} ingest processes that live but have not closed the hour. Is the clock of their machines right? "
        + "'civicsense doctor' says which they are.")]
    public static partial void WaitingForIngest(this ILogger logger, int processes);

    [LoggerMessage(3011, LogLevel.Warning,
        "{Processes} ingest processes have not answered for longer than release.ingestTimeoutSeconds. "
        + "The hour is released without what they had "
        + "not stored, and its ledger entry says so. Start them again under their own names.")]
    public static partial void IngestDeclaredDead(this ILogger logger, int processes);

    [LoggerMessage(3004, LogLevel.Critical,
        "The database is older than its fence (a restored backup?). Everything through {Day} is given up and will never be released.")]
    public static partial void DatabaseOlderThanFence(this ILogger logger, PrivacyDay day);

    [LoggerMessage(3005, LogLevel.Warning,
        "Too few households for a release area on {Day}: at least {Minimum} must be enrolled. Nothing will be released.")]
    public static partial void TooFewOwners(this ILogger logger, PrivacyDay day, int minimum);

    [LoggerMessage(3006, LogLevel.Information, "Another process releases. This one follows, and takes over when that one ends.")]
    public static partial void Follows(this ILogger logger);

    [LoggerMessage(3007, LogLevel.Information, "This process releases from now on.")]
    public static partial void Leads(this ILogger logger);

    [LoggerMessage(3008, LogLevel.Warning, "This process has lost the lead: another may release now. It follows.")]
    public static partial void LostLead(this ILogger logger);

    [LoggerMessage(3012, LogLevel.Critical,
        "The process that leads releases from a database that is older than what this one knows to be public (a restored backup?). "
        + "This one takes "
        + "the lead from it, to give up the present day.")]
    public static partial void Objects(this ILogger logger);

    [LoggerMessage(3013, LogLevel.Error,
        "The fence file of this process cannot be written, so it gives back the lead and does not release until it can.")]
    public static partial void LeavesLead(this ILogger logger);

    [LoggerMessage(3014, LogLevel.Warning,
        "The fence file of this process cannot be written, so it cannot take over. Another process releases meanwhile. "
            + "Make room on its disk.")]
    public static partial void CannotFollow(this ILogger logger);

    [LoggerMessage(3015, LogLevel.Error,
        "The fence file is damaged. This process goes by what it knew before. Copy a fence under another name and then rename it.")]
    public static partial void FenceDamaged(this ILogger logger);

    [LoggerMessage(3016, LogLevel.Information,
        "Nobody has released for a while. This process waits for half a minute before it does, in case another knows of later releases.")]
    public static partial void LetsOthersObject(this ILogger logger);

    /// <summary>Tells whom this process waits for; a process that is alone has no name.</summary>
    public static void WaitsForOther(this ILogger logger, string other, double minutes) =>
        WaitsForFence(logger, other.Length == 0 ? "process without a name" : $"process '{other}'", minutes);

    [LoggerMessage(3009, LogLevel.Warning,
        "Nobody releases: the {Other} released last, and the fence of this one does not know how far. Start that process again, or put its "
        + "fence file in the place of the one of this process. Otherwise this process gives up the present day in {Minutes} minutes and "
        + "goes on.")]
    static partial void WaitsForFence(ILogger logger, string other, double minutes);
}
