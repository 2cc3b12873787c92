using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>What the server said when it let the client in, MQTT 5.0 section 3.2. With MQTT 3.1.1 only the first is ever said.</summary>
public sealed record MqttServerInformation
{
    /// <summary>Whether the server still has the session of an earlier connection: its subscriptions and what was not delivered.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>The client identifier the server chose; null if it did not.</summary>
    public string? AssignedClientId { get; init; }

    /// <summary>The keep-alive the server wants instead of the client's; null if that is fine. Zero is none.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>How long the server keeps the session, if not as long as asked for.</summary>
    public TimeSpan? SessionExpiry { get; init; }

    /// <summary>Most unacknowledged messages of QoS 1 and 2 the server takes.</summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>The highest QoS the server takes.</summary>
    public byte MaximumQualityOfService { get; init; } = 2;

    /// <summary>Whether messages may be retained.</summary>
    public bool RetainAvailable { get; init; } = true;

    /// <summary>The largest packet the server takes, in bytes.</summary>
    public long MaximumPacketSize { get; init; } = uint.MaxValue;

    /// <summary>How many topic aliases this client may use.</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>Whether filters may have wildcards.</summary>
    public bool WildcardSubscriptionAvailable { get; init; } = true;

    /// <summary>Whether subscriptions may have identifiers.</summary>
    public bool SubscriptionIdentifierAvailable { get; init; } = true;

    /// <summary>Whether subscriptions may be shared.</summary>
    public bool SharedSubscriptionAvailable { get; init; } = true;

    /// <summary>What to build response topics from; null if it was not asked for or not said.</summary>
    public string? ResponseInformation { get; init; }

    /// <summary>The server's own words, for people.</summary>
    public string? ReasonString { get; init; }

    /// <summary>Names and values the server added.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    internal MqttReasonCode Reason { get; init; }

    internal string? ServerReference { get; init; }

    /// <summary>Reads a CONNACK; null if it is none.</summary>
    internal static MqttServerInformation? Read(ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadByte(out byte code) || flags > 1) return null;
        var answer = new MqttServerInformation { SessionPresent = flags == 1 };
        // A server of the other version answers in its own format, without properties.
        if (version == MqttProtocolVersion.V311 || reader.AtEnd)
            return answer with { Reason = code < 0x80 ? FromReturnCode(code) : (MqttReasonCode)code };

        MqttReasonCode reason = MqttProperties.TryRead(
            ref reader, AllowedProperties.OfConnAck, out MqttProperties properties, new UserPropertyLimits(int.MaxValue, int.MaxValue));
        if (reason != MqttReasonCode.Success || !reader.AtEnd) return null;
        return (answer with { Reason = (MqttReasonCode)code }).With(properties);
    }

    MqttServerInformation With(in MqttProperties properties) => this with
    {
        AssignedClientId = properties.Has(MqttProperty.AssignedClientIdentifier) ? Text(properties.AssignedClientIdentifier) : null,
        KeepAlive = properties.Has(MqttProperty.ServerKeepAlive) ? TimeSpan.FromSeconds(properties.ServerKeepAlive) : null,
        SessionExpiry = properties.Has(MqttProperty.SessionExpiryInterval) ? TimeSpan.FromSeconds(properties.SessionExpiryInterval) : null,
        ReceiveMaximum = properties.ReceiveMaximum,
        MaximumQualityOfService = properties.MaximumQualityOfService,
        RetainAvailable = properties.RetainAvailable,
        MaximumPacketSize = properties.MaximumPacketSize,
        TopicAliasMaximum = properties.TopicAliasMaximum,
        WildcardSubscriptionAvailable = properties.WildcardSubscriptionAvailable,
        SubscriptionIdentifierAvailable = properties.SubscriptionIdentifierAvailable,
        SharedSubscriptionAvailable = properties.SharedSubscriptionAvailable,
        ResponseInformation = properties.Has(MqttProperty.ResponseInformation) ? Text(properties.ResponseInformation) : null,
        ReasonString = properties.Has(MqttProperty.ReasonString) ? Text(properties.ReasonString) : null,
        ServerReference = properties.Has(MqttProperty.ServerReference) ? Text(properties.ServerReference) : null,
        UserProperties = MqttMessageProperties.Read(properties.Raw).UserProperties,
    };

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    // MQTT 3.1.1 table 3.1.
    static MqttReasonCode FromReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };
}
