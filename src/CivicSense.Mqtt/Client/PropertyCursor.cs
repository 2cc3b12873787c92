using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Goes through properties that <see cref="MqttProperties"/> has already found to be right, one by one.</summary>
ref struct PropertyCursor(ReadOnlySpan<byte> properties)
{
    PacketReader reader = new(properties);
    ReadOnlySpan<byte> name;

    public MqttProperty Property { get; private set; }

    /// <summary>The value of a number or a flag.</summary>
    public uint Number { get; private set; }

    /// <summary>The value of a string or binary data.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Value);

    /// <summary>The name of a user property.</summary>
    public readonly string Name => Encoding.UTF8.GetString(name);

    /// <exception cref="FormatException">These are no properties.</exception>
    public bool MoveNext()
    {
        if (reader.AtEnd) return false;
        bool isRight = reader.TryReadByte(out byte identifier);
        Property = (MqttProperty)identifier;
        if (!isRight || !ReadValue()) throw new FormatException("These are not properties of MQTT 5.0.");
        return true;
    }

    bool ReadValue()
    {
        bool isRead;
        ReadOnlySpan<byte> value = default;
        switch (Property)
        {
            case MqttProperty.PayloadFormatIndicator or MqttProperty.RequestProblemInformation or MqttProperty.RequestResponseInformation
                or MqttProperty.MaximumQualityOfService or MqttProperty.RetainAvailable or MqttProperty.WildcardSubscriptionAvailable
                or MqttProperty.SubscriptionIdentifierAvailable or MqttProperty.SharedSubscriptionAvailable:
                isRead = reader.TryReadByte(out byte one);
                Number = one;
                return isRead;
            case MqttProperty.ServerKeepAlive or MqttProperty.ReceiveMaximum or MqttProperty.TopicAliasMaximum or MqttProperty.TopicAlias:
                isRead = reader.TryReadUInt16(out ushort two);
                Number = two;
                return isRead;
            case MqttProperty.MessageExpiryInterval or MqttProperty.SessionExpiryInterval or MqttProperty.WillDelayInterval
                or MqttProperty.MaximumPacketSize:
                isRead = reader.TryReadUInt32(out uint four);
                Number = four;
                return isRead;
            case MqttProperty.SubscriptionIdentifier:
                isRead = reader.TryReadVariableInteger(out int variable);
                Number = (uint)variable;
                return isRead;
            case MqttProperty.UserProperty:
                isRead = reader.TryReadString(out name) && reader.TryReadString(out value);
                break;
            default:
                isRead = reader.TryReadBinary(out value);
                break;
        }

        Value = value;
        return isRead;
    }
}
