namespace CivicSense.Mqtt;

/// <summary>The server refused something or the connection has ended.</summary>
/// <param name="reason">The server's reason code, or Unspecified Error when the connection was lost.</param>
/// <param name="message">What failed.</param>
/// <param name="innerException">The transport's exception, if that was the cause.</param>
public sealed class MqttException(MqttReasonCode reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why, in the terms of MQTT 5.0; return codes of MQTT 3.1.1 are translated.</summary>
    public MqttReasonCode Reason { get; } = reason;
}
