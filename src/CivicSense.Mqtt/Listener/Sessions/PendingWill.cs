using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A will that waits for its delay to pass or its session to end, MQTT 5.0 section 3.1.3.2.2.</summary>
/// <param name="Will">The message.</param>
/// <param name="Application">Asked about the client's rights when the will is published.</param>
/// <param name="Due">When the delay has passed.</param>
sealed record PendingWill(MqttWill Will, IMqttSession Application, DateTimeOffset Due);
