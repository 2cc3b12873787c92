using CivicSense.Mqtt.Client;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>
/// What a message of MQTT 5.0 says about itself (section 3.3.2.3). Immutable; it is encoded once, so one object for many messages costs
/// nothing for each.
/// </summary>
public sealed class MqttMessageProperties
{
    readonly Lazy<byte[]> encoded;

    /// <summary>No properties.</summary>
    public MqttMessageProperties() => encoded = new Lazy<byte[]>(Encode);

    /// <summary>Whether the payload is UTF-8 text (Payload Format Indicator). Default false: nothing is said.</summary>
    public bool PayloadIsText { get; init; }

    /// <summary>
    /// How long the server keeps the message for those who are not connected, in whole seconds up to 4,294,967,295; of a received message,
    /// what was left when it was sent. Null (the default) is for ever.
    /// </summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>What the payload is, by custom a media type; null (the default) says nothing.</summary>
    public string? ContentType { get; init; }

    /// <summary>The topic for an answer; null (the default) asks for none.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>What the answer is to carry so that it is recognised; null (the default) is nothing.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>Names and values in their order; a name may come more than once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>
    /// Of a received message: the identifiers of the subscriptions it came by (<see cref="MqttSubscription.Identifier"/>). Not sent.
    /// </summary>
    public IReadOnlyList<int> SubscriptionIdentifiers { get; init; } = [];

    internal ReadOnlySpan<byte> Encoded => encoded.Value;

    /// <summary>Reads what <see cref="MqttInboundMessage.Properties"/> holds.</summary>
    /// <exception cref="FormatException">These are not the properties of a message.</exception>
    public static MqttMessageProperties Read(ReadOnlySpan<byte> properties)
    {
        TimeSpan? expiry = null;
        bool isText = false;
        string? contentType = null, responseTopic = null;
        byte[]? correlation = null;
        List<KeyValuePair<string, string>> user = [];
        List<int> identifiers = [];
        var cursor = new PropertyCursor(properties);
        while (cursor.MoveNext())
        {
            switch (cursor.Property)
            {
                case MqttProperty.PayloadFormatIndicator: isText = cursor.Number == 1; break;
                case MqttProperty.MessageExpiryInterval: expiry = TimeSpan.FromSeconds(cursor.Number); break;
                case MqttProperty.ContentType: contentType = cursor.Text; break;
                case MqttProperty.ResponseTopic: responseTopic = cursor.Text; break;
                case MqttProperty.CorrelationData: correlation = cursor.Value.ToArray(); break;
                case MqttProperty.UserProperty: user.Add(new(cursor.Name, cursor.Text)); break;
                case MqttProperty.SubscriptionIdentifier: identifiers.Add((int)cursor.Number); break;
            }
        }

        return new MqttMessageProperties
        {
            PayloadIsText = isText, MessageExpiry = expiry, ContentType = contentType, ResponseTopic = responseTopic,
            CorrelationData = correlation, UserProperties = user, SubscriptionIdentifiers = identifiers,
        };
    }

    byte[] Encode()
    {
        var encoding = new PropertyEncoding();
        if (PayloadIsText) encoding.Byte(MqttProperty.PayloadFormatIndicator, 1);
        if (MessageExpiry is { } expiry) encoding.Seconds(MqttProperty.MessageExpiryInterval, expiry);
        encoding.String(MqttProperty.ContentType, ContentType);
        encoding.String(MqttProperty.ResponseTopic, ResponseTopic);
        if (CorrelationData is { } data) encoding.Binary(MqttProperty.CorrelationData, data.Span);
        encoding.UserProperties(UserProperties);
        return encoding.ToArray();
    }
}
