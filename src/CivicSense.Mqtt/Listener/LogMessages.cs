using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt;

/// <summary>Everything this room logs. Topics, identifiers, names, addresses and payloads are never part of a message.</summary>
static partial class LogMessages
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information,
        Message = "MQTT listener stopped: {Accepted} clients accepted, {Received} messages received, {Acknowledged} acknowledged")]
    public static partial void ListenerStopped(this ILogger logger, long accepted, long received, long acknowledged);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Debug, Message = "A client was refused: {Reason}")]
    public static partial void ClientRefused(this ILogger logger, MqttReasonCode reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Debug, Message = "A connection was ended: {Reason}")]
    public static partial void ConnectionEnded(this ILogger logger, MqttReasonCode reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Error,
        Message = "The application failed while a packet was handled ({ExceptionType}); the connection is closed")]
    public static partial void ApplicationFailed(this ILogger logger, string exceptionType);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Error,
        Message = "Waiting for durability failed ({ExceptionType}); the connection is closed without acknowledging")]
    public static partial void DurabilityFailed(this ILogger logger, string exceptionType);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Error,
        Message = "Sessions could not be saved ({ExceptionType}); what waits for it is not acknowledged until it succeeds")]
    public static partial void SessionsNotSaved(this ILogger logger, string exceptionType);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Information, Message = "Sessions are being saved again")]
    public static partial void SessionsSavedAgain(this ILogger logger);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "A saved session could not be read and was dropped")]
    public static partial void SessionUnreadable(this ILogger logger);

    [LoggerMessage(EventId = 4009, Level = LogLevel.Warning,
        Message = "So many connections are open that only {Reserve} of {Limit} file descriptors are left, "
            + "which the rest of the process may "
            + "need; more are closed as soon as they are accepted. To allow more: LimitNOFILE= in the systemd unit, or ulimit -n")]
    public static partial void DescriptorsUsedUp(this ILogger logger, int limit, int reserve);
}
