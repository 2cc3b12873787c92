using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>Where and how an <see cref="MqttClient"/> connects.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Host name or address of the server.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port. Default 1883 (with TLS servers usually listen on 8883); 1 to 65,535.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>How the connection is encrypted; null (the default) leaves it plain.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>The client identifier; empty (the default) lets the server choose.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The user name; null (the default) sends none.</summary>
    public string? UserName { get; init; }

    /// <summary>
    /// The password, sent as UTF-8; null (the default) sends none. Secret: never logged, never part of <see cref="ToString"/>.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>The protocol version. Default MQTT 5.0.</summary>
    public MqttProtocolVersion Version { get; init; } = MqttProtocolVersion.V5;

    /// <summary>
    /// Whether the server forgets the session of an earlier connection first. Default yes. MQTT 3.1.1 calls it Clean Session, and there a
    /// session that began clean also ends with its connection.
    /// </summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>
    /// How long the server keeps the session when the connection has ended; MQTT 5.0, whole seconds up to 4,294,967,295, which is for ever.
    /// Default zero: not at all. A Mosquitto that is restarted has only the sessions of connections without
    /// <see cref="CleanStart"/> (seen with 2.0.11).
    /// </summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>
    /// This side's part of the session: what a later connection sends again. Null (the default) forgets with the connection what was not
    /// acknowledged. One connection at a time may use it.
    /// </summary>
    public MqttClientSession? Session { get; init; }

    /// <summary>What the server publishes when this client is lost; null (the default) is nothing.</summary>
    public MqttClientWill? Will { get; init; }

    /// <summary>
    /// Most messages of QoS 1 and 2 the server may send before they are acknowledged; MQTT 5.0. Default 65,535; 1 to 65,535.
    /// </summary>
    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>
    /// How many messages of QoS 1 and 2 may be unacknowledged before the connection ends with Receive Maximum Exceeded (MQTT 5.0 section
    /// 3.3.4); null (the default) is <see cref="ReceiveMaximum"/>. More is for servers that do not keep to what they were told: Mosquitto
    /// 2.0.11 does until the first acknowledgement, and then sends all that it has queued, also on the next connection.
    /// </summary>
    public ushort? MaximumUnacknowledged { get; init; }

    /// <summary>
    /// The largest packet this client takes, in bytes; a larger one ends the connection, and a server of MQTT 5.0 is told not to send
    /// it. Default 4 MiB; 1,024 to 268,435,460.
    /// </summary>
    public int MaximumPacketSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many topic aliases the server may use towards this client; MQTT 5.0. Default 0; 0 to 65,535.</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>
    /// How many topics this client replaces by an alias, the first ones that it publishes to, as far as the server allows; MQTT 5.0.
    /// Messages of a <see cref="Session"/> at QoS 1 and 2 always carry their topic. Default 0; 0 to 65,535.
    /// </summary>
    public ushort MaximumOutgoingTopicAliases { get; init; }

    /// <summary>Whether the server is asked for <see cref="MqttServerInformation.ResponseInformation"/>; MQTT 5.0. Default no.</summary>
    public bool RequestResponseInformation { get; init; }

    /// <summary>Whether the server may explain errors in words; MQTT 5.0. Default yes.</summary>
    public bool RequestProblemInformation { get; init; } = true;

    /// <summary>Names and values for the server; MQTT 5.0.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>
    /// Interval after which a silent client sends PINGREQ; the server may shorten it. Zero switches it off. Default 60 s; whole seconds up
    /// to 65,535.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most unacknowledged messages of QoS 1 and 2 on the way, further limited by the server's Receive Maximum. In MQTT 3.1.1 a
    /// server cannot say what it takes: Mosquitto ends a connection above 20 of QoS 2. Default 64; 1 to 65,535.
    /// </summary>
    public int MaximumInFlight { get; init; } = 64;

    /// <summary>
    /// Whether each message is sent at once (the default). Without, messages gather until <see cref="MqttClient.FlushAsync"/>,
    /// <see cref="MqttClient.DrainAsync"/>, 16 KiB, or until no more may be in flight.
    /// </summary>
    public bool AutoFlush { get; init; } = true;

    /// <summary>Time for the connection and the server's answer. Default 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock for keep-alive and time-out. Default <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Called on the reading thread with the packet identifier and reason code of each message of QoS 1 and 2 that the server has answered
    /// for, in the order of arrival. Must not block. A server acknowledges in the order in which messages were published (MQTT 5.0
    /// section 4.6), so with QoS 1 alone the n-th call is the n-th message.
    /// </summary>
    public Action<ushort, MqttReasonCode>? Acknowledged { get; init; }

    /// <summary>
    /// Takes the messages and acknowledges them itself, instead of <see cref="Received"/> and <see cref="MqttClient.Messages"/>.
    /// </summary>
    public IMqttMessageHandler? Handler { get; init; }

    /// <summary>
    /// Called on the reading thread with each received message, instead of <see cref="MqttClient.Messages"/>. While it blocks, nothing is
    /// read. The message is acknowledged when it returns.
    /// </summary>
    public Action<MqttReceivedMessage>? Received { get; init; }

    /// <summary>
    /// How many messages wait in <see cref="MqttClient.Messages"/> at most; then nothing more is read from the server, acknowledgements
    /// of this client's own messages included. Default 4,096; at least 1.
    /// </summary>
    public int MaximumQueuedMessages { get; init; } = 4096;

    /// <inheritdoc />
    public override string ToString() => $"{nameof(MqttClientOptions)} {{ {Host}:{Port}, {Version} }}";

    /// <summary>What is out of range; null if nothing is.</summary>
    internal string? FindError()
    {
        if (string.IsNullOrEmpty(Host)) return "Host is empty.";
        if (Port is < 1 or > 65_535) return $"Port is {Port}; allowed is 1 to 65535.";
        if (MaximumInFlight is < 1 or > 65_535) return $"MaximumInFlight is {MaximumInFlight}; allowed is 1 to 65535.";
        if (KeepAlive < TimeSpan.Zero || KeepAlive > TimeSpan.FromSeconds(65_535))
            return $"KeepAlive is {KeepAlive}; allowed is 0 to 65535 s.";
        if (MaximumPacketSize is < 1024 or > 268_435_460) return $"MaximumPacketSize is {MaximumPacketSize}; allowed is 1024 to 268435460.";
        if (MaximumQueuedMessages < 1) return $"MaximumQueuedMessages is {MaximumQueuedMessages}; allowed is 1 and more.";
        if (ReceiveMaximum == 0) return "ReceiveMaximum is 0; allowed is 1 to 65535.";
        if (MaximumUnacknowledged < ReceiveMaximum)
            return $"MaximumUnacknowledged is {MaximumUnacknowledged}; allowed is {ReceiveMaximum} to 65535.";
        if (SessionExpiry < TimeSpan.Zero) return $"SessionExpiry is {SessionExpiry}; allowed is 0 and more.";
        if (Will is { } will && FindError(will) is { } error) return error;
        return Password is not null && UserName is null && Version == MqttProtocolVersion.V311
            ? "MQTT 3.1.1 has no password without a user name."
            : null;
    }

    static string? FindError(MqttClientWill will)
    {
        if (!MqttText.IsTopicName(Encoding.UTF8.GetBytes(will.Topic)))
            return "The will's topic is not a topic name (MQTT 5.0, section 4.7).";
        if (will.QualityOfService > 2) return $"The will's QoS is {will.QualityOfService}; allowed is 0 to 2.";
        return will.Payload.Length > ushort.MaxValue ? "The will's payload has more than 65535 bytes." : null;
    }
}
