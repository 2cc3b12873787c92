using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>The room's log messages, 2000 to 2099. Nothing here may tell devices, owners, areas or values apart.</summary>
static partial class LogMessages
{
    [LoggerMessage(2000, LogLevel.Error,
        "Readings cannot be stored now. Nothing is acknowledged and nothing is lost; it is tried again twice a second. {Reason}")]
    public static partial void CommitFailed(this ILogger logger, string reason);

    [LoggerMessage(2001, LogLevel.Information, "Readings are stored again.")]
    public static partial void CommitResumed(this ILogger logger);

    [LoggerMessage(2002, LogLevel.Information,
        "Since the start: {Messages} messages, {Accepted} readings accepted, {Refused} refused. {Reasons}")]
    public static partial void Totals(this ILogger logger, long messages, long accepted, long refused, string reasons);

    [LoggerMessage(2003, LogLevel.Critical, "{Reason}")]
    public static partial void Replaced(this ILogger logger, string reason);

    [LoggerMessage(2004, LogLevel.Warning,
        "An hour was released before this process had stored all of its readings; what it had not stored counts as late. "
        + "Had it stood still, "
        + "or was it cut off?")]
    public static partial void ReleasedWithout(this ILogger logger);

    [LoggerMessage(2005, LogLevel.Warning,
        "How far this process has come cannot be reported now; it is tried again every two seconds. {Reason}")]
    public static partial void NotReported(this ILogger logger, string reason);

    [LoggerMessage(2006, LogLevel.Information, "How far this process has come is reported again.")]
    public static partial void ReportedAgain(this ILogger logger);

    [LoggerMessage(2007, LogLevel.Warning,
        "By this process' clock it is {Difference} earlier than by the database's. It closes its hours late, "
        + "and every release waits for it. Set the "
        + "clocks of both machines (NTP).")]
    public static partial void ClockIsBehind(this ILogger logger, TimeSpan difference);

    [LoggerMessage(2008, LogLevel.Warning,
        "By this process' clock it is {Difference} later than by the database's. It closes its hours early, "
        + "and readings that come in time count as "
        + "late. Set the clocks of both machines (NTP).")]
    public static partial void ClockIsAhead(this ILogger logger, TimeSpan difference);

    [LoggerMessage(2009, LogLevel.Information, "This process' clock agrees with the database's again.")]
    public static partial void ClockAgreesAgain(this ILogger logger);

    [LoggerMessage(2020, LogLevel.Error,
        "No readings come from the broker: {Reason} It is tried again, less and less often, at last once a minute.")]
    public static partial void BrokerRefused(this ILogger logger, string reason);

    [LoggerMessage(2021, LogLevel.Warning, "Whether sensors were enrolled or removed cannot be read now. {Reason}")]
    public static partial void DevicesNotRead(this ILogger logger, string reason);

    [LoggerMessage(2022, LogLevel.Warning,
        "The password goes to the broker unencrypted, over a network on which it can be read. Use an address that begins with mqtts://.")]
    public static partial void PasswordInPlain(this ILogger logger);
}
