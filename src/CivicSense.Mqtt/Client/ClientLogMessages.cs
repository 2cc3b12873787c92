using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Client;

/// <summary>What the client logs. Topics, identifiers, names and payloads are never part of a message, nor is what a server says.</summary>
static partial class ClientLogMessages
{
    [LoggerMessage(EventId = 4050, Level = LogLevel.Information,
        Message = "Connected to the MQTT server {Host}:{Port}; session resumed: {SessionPresent}")]
    public static partial void ClientConnected(this ILogger logger, string host, int port, bool sessionPresent);

    [LoggerMessage(EventId = 4051, Level = LogLevel.Warning,
        Message = "The connection to the MQTT server {Host}:{Port} was lost: {Reason}")]
    public static partial void ConnectionLost(this ILogger logger, string host, int port, MqttReasonCode reason);

    [LoggerMessage(EventId = 4052, Level = LogLevel.Warning, Message = "No connection to the MQTT server {Host}:{Port}: {Cause}")]
    public static partial void ConnectFailed(this ILogger logger, string host, int port, string cause);

    [LoggerMessage(EventId = 4053, Level = LogLevel.Warning,
        Message = "The MQTT server {Host}:{Port} granted a subscription QoS {Granted}, not {Wanted}: what is lost on the way stays lost")]
    public static partial void LowerQualityOfService(this ILogger logger, string host, int port, int granted, int wanted);

    [LoggerMessage(EventId = 4054, Level = LogLevel.Warning,
        Message = "The MQTT server {Host}:{Port} keeps the session for {Granted} seconds, not for {Wanted}: what comes later is lost")]
    public static partial void ShorterSession(this ILogger logger, string host, int port, uint granted, uint wanted);
}
