using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>Looks for user properties (MQTT 5.0, section 3.3.2.3.7) among the properties of a received message.</summary>
public static class MqttUserProperties
{
    /// <summary>
    /// The value of the user property with this name; false if there is none, and if there is more than one: names may be repeated, and
    /// who added which of them cannot be told.
    /// </summary>
    /// <param name="properties">The properties of a PUBLISH packet, checked, without their length.</param>
    /// <param name="name">The name, UTF-8.</param>
    /// <param name="value">The value, UTF-8.</param>
    public static bool TryFind(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new PacketReader(properties);
        bool isFound = false;
        value = default;
        while (reader.TryReadByte(out byte identifier))
        {
            if ((MqttProperty)identifier != MqttProperty.UserProperty)
            {
                if (!TrySkip((MqttProperty)identifier, ref reader)) return false;
            }
            else if (!reader.TryReadBinary(out ReadOnlySpan<byte> found) || !reader.TryReadBinary(out ReadOnlySpan<byte> its))
            {
                return false;
            }
            else if (found.SequenceEqual(name))
            {
                if (isFound) return false;
                isFound = true;
                value = its;
            }
        }

        return isFound;
    }

    // The other properties of a PUBLISH packet, MQTT 5.0 section 3.3.2.3.
    static bool TrySkip(MqttProperty property, ref PacketReader reader) => property switch
    {
        MqttProperty.PayloadFormatIndicator => reader.TryReadByte(out _),
        MqttProperty.MessageExpiryInterval => reader.TryReadUInt32(out _),
        MqttProperty.TopicAlias => reader.TryReadUInt16(out _),
        MqttProperty.SubscriptionIdentifier => reader.TryReadVariableInteger(out _),
        MqttProperty.ContentType or MqttProperty.ResponseTopic or MqttProperty.CorrelationData => reader.TryReadBinary(out _),
        _ => false,
    };
}
