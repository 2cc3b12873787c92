using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Hosting;

/// <summary>The node's log messages, 1000 to 1099. Nothing here may tell owners, areas or values apart.</summary>
static partial class LogMessages
{
    [LoggerMessage(1000, LogLevel.Error, "Nothing can be released now; it is tried again every few seconds. {Reason}")]
    public static partial void ReleaseDelayed(this ILogger logger, string reason);

    [LoggerMessage(1001, LogLevel.Critical, "The node stops: to go on could release something twice. {Reason}")]
    public static partial void ReleaseStopped(this ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Information, "{Served}: {Http}{Devices}")]
    public static partial void Listening(this ILogger logger, string served, string http, string devices);

    [LoggerMessage(1003, LogLevel.Information, "Devices (MQTT over TLS): port {Port}")]
    public static partial void ListeningSecurely(this ILogger logger, int port);

    [LoggerMessage(
        1004, LogLevel.Warning,
        "CONFORMANCE PROFILE: every MQTT client on this machine may publish and read everything, and no reading is taken. "
        + "For protocol tests only.")]
    public static partial void OpenToEverybody(this ILogger logger);

    [LoggerMessage(1005, LogLevel.Critical, "The node has stopped: {Service} met an unexpected {ExceptionType}.")]
    public static partial void ServiceFailed(this ILogger logger, string service, string exceptionType);

    /// <summary>Tells what has become of a jump of the machine's clock.</summary>
    public static void ClockJump(this ILogger logger, JumpNews news, TimeSpan length)
    {
        if (news == JumpNews.Held)
            ClockJumpHeld(logger, length);
        else if (news == JumpNews.Believed)
            ClockJumpBelieved(logger);
        else
            ClockPutRight(logger);
    }

    [LoggerMessage(
        1006, LogLevel.Warning,
        "The machine's clock has jumped ahead by {Length}. The node goes on by its own count for an hour, so that no window closes early. "
        + "If the clock is wrong, set it right: nothing is lost. If it is right now, restart the node, or wait.")]
    static partial void ClockJumpHeld(ILogger logger, TimeSpan length);

    [LoggerMessage(1007, LogLevel.Warning, "The machine's clock has been ahead for an hour. The node follows it now.")]
    static partial void ClockJumpBelieved(ILogger logger);

    [LoggerMessage(1008, LogLevel.Information, "The machine's clock is right again.")]
    static partial void ClockPutRight(ILogger logger);
}
