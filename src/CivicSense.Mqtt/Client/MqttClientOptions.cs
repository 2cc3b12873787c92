namespace CivicSense.Mqtt;

/// <summary>Where and how an <see cref="MqttClient"/> connects.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Host name or address of the server.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port. Default 1883; 1 to 65,535.</summary>
    public int Port { get; init; } = 1883;

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
    /// Interval after which a silent client sends PINGREQ; the server may shorten it. Zero switches it off. Default 60 s; whole seconds up
    /// to 65,535.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Most unacknowledged QoS 1 messages, further limited by the server's Receive Maximum. Default 64; 1 to 65,535.
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
    /// Called on the reading thread with the packet identifier and reason code of each PUBACK, in the order of arrival. Must not block.
    /// A server acknowledges in the order in which messages were published (MQTT 5.0 section 4.6), so the n-th call is the n-th QoS 1
    /// message.
    /// </summary>
    public Action<ushort, MqttReasonCode>? Acknowledged { get; init; }

    /// <summary>
    /// Called on the reading thread with each received message, instead of <see cref="MqttClient.Messages"/>. Must not block.
    /// </summary>
    public Action<MqttReceivedMessage>? Received { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{nameof(MqttClientOptions)} {{ {Host}:{Port}, {Version} }}";

    /// <summary>What is out of range; null if nothing is.</summary>
    internal string? FindError()
    {
        if (string.IsNullOrEmpty(Host)) return "Host is empty.";
        if (Port is < 1 or > 65_535) return $"Port is {Port}; allowed is 1 to 65535.";
        if (MaximumInFlight is < 1 or > 65_535) return $"MaximumInFlight is {MaximumInFlight}; allowed is 1 to 65535.";
        if (KeepAlive < TimeSpan.Zero || KeepAlive > TimeSpan.FromSeconds(65_535)) return $"KeepAlive is {KeepAlive}; allowed is 0 to 65535 s.";
        return Password is not null && UserName is null && Version == MqttProtocolVersion.V311
            ? "MQTT 3.1.1 has no password without a user name."
            : null;
    }
}
