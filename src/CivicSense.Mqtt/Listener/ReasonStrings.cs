namespace CivicSense.Mqtt.Listener;

/// <summary>
/// What a refused client is told beside the reason code: MQTT 5.0 sections 3.2.2.3.9, 3.4.2.2.2, 3.5.2.2.2 and 3.14.2.2.3.
/// </summary>
/// <remarks>Fixed sentences. Nothing that a client has sent, and nothing about anybody else, is ever part of one.</remarks>
static class ReasonStrings
{
    /// <summary>A sentence or two that say what to do; null where there is nothing to say.</summary>
    public static string? For(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.MalformedPacket => "The bytes do not follow the MQTT specification.",
        MqttReasonCode.ProtocolError => "The MQTT specification does not allow this packet here.",
        MqttReasonCode.UnsupportedProtocolVersion => "Use MQTT 3.1.1 or 5.0.",
        MqttReasonCode.ClientIdentifierNotValid => "Use another client identifier.",
        MqttReasonCode.BadUserNameOrPassword => "Check the user name and the password.",
        MqttReasonCode.NotAuthorized => "This user has no right to do that. Check the topic and the user name.",
        MqttReasonCode.ServerUnavailable => "The server cannot decide now. Try again later.",
        MqttReasonCode.ServerBusy => "The server is busy. Try again later.",
        MqttReasonCode.ServerShuttingDown => "The server stops. Connect again later.",
        MqttReasonCode.BadAuthenticationMethod => "Enhanced authentication is not supported. Leave Authentication Method out.",
        MqttReasonCode.KeepAliveTimeout => "Nothing came for one and a half times the keep-alive. Send PINGREQ in time.",
        MqttReasonCode.SessionTakenOver => "Another connection uses this client identifier. Give each client one of its own.",
        MqttReasonCode.TopicNameInvalid => "The topic name is too long, has too many levels, or is not one for clients.",
        MqttReasonCode.ReceiveMaximumExceeded => "More messages are unacknowledged than Receive Maximum allows. Wait for acknowledgements.",
        MqttReasonCode.TopicAliasInvalid => "The topic alias is 0, above Topic Alias Maximum, or has no topic yet.",
        MqttReasonCode.PacketTooLarge => "The packet is longer than Maximum Packet Size.",
        MqttReasonCode.QuotaExceeded => "A limit of the server is reached. Use less, or ask its operator to raise it.",
        _ => null,
    };

    /// <summary>The packet with its sentence, or without where there is none or the client does not take so long a packet.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="maximumPacketSize">The client's Maximum Packet Size ([MQTT-3.2.2-19], [MQTT-3.14.2-3]).</param>
    /// <param name="encode">Writes the packet with this Reason String, or without for null.</param>
    public static byte[] Explain(MqttReasonCode reason, uint maximumPacketSize, Func<string?, byte[]> encode)
    {
        byte[] packet = encode(For(reason));
        return packet.Length <= maximumPacketSize ? packet : encode(null);
    }
}
