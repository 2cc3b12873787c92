using CivicSense.Mqtt.Client;

namespace CivicSense.Mqtt;

/// <summary>The server refused something or the connection has ended. The message says what a person can do about it.</summary>
/// <param name="reason">The server's reason code, or Unspecified Error when the connection was lost.</param>
/// <param name="message">What failed.</param>
/// <param name="innerException">The transport's exception, if that was the cause.</param>
public sealed class MqttException(MqttReasonCode reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why, in the terms of MQTT 5.0; return codes of MQTT 3.1.1 are translated.</summary>
    public MqttReasonCode Reason { get; } = reason;

    /// <summary>
    /// The server's own words (Reason String), for people only; null without any. It may be anything: escape it before logging.
    /// </summary>
    public string? ReasonString { get; init; }

    /// <summary>
    /// The server to use instead (Server Reference, MQTT 5.0 section 4.11), with <see cref="MqttReasonCode.UseAnotherServer"/> and
    /// <see cref="MqttReasonCode.ServerMoved"/>; null if none was named. No client here follows it by itself: whoever answers for the
    /// address that was configured decides whether the other one is trusted. Like <see cref="ReasonString"/> it may be anything, and is not
    /// part of the message.
    /// </summary>
    public string? ServerReference { get; init; }

    /// <summary>Whether the same attempt may succeed later without anybody changing anything.</summary>
    public bool MayHeal => ReasonAdvice.MayHeal(Reason);

    internal static MqttException From(string what, MqttReasonCode reason, string? reasonString = null, string? serverReference = null)
    {
        string? advice = ReasonAdvice.For(reason);
        string text = advice is null ? $"{what}: {reason}." : $"{what}: {reason}. {advice}";
        return new MqttException(reason, text) { ReasonString = reasonString, ServerReference = serverReference };
    }
}
