using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.MqttNet;

static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Error, "A message of the node's own could not be delivered ({Error}).")]
    public static partial void DeliveryFailed(this ILogger logger, string error);
}
