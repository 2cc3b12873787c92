namespace CivicSense.Mqtt.Client;

/// <summary>How far a message of QoS 1 or 2 has come.</summary>
enum OutboundProgress : byte
{
    /// <summary>Answered for.</summary>
    Done,

    /// <summary>Waits for its turn, or for PUBACK or PUBREC.</summary>
    Publishing,

    /// <summary>The server has it: PUBREL waits for its turn, or for PUBCOMP.</summary>
    Releasing,
}

/// <summary>A message of QoS 1 or 2 on its way to the server.</summary>
struct OutboundMessage
{
    public ushort Identifier;
    public byte QualityOfService;
    public OutboundProgress Progress;

    /// <summary>Whether a PUBLISH with it was written on any connection.</summary>
    public bool WasSent;

    /// <summary>The whole PUBLISH, from the shared pool; null where nothing is kept.</summary>
    public byte[]? Packet;

    public int PacketLength;

    /// <summary>Told the reason code when it is done; null if nobody waits for it.</summary>
    public TaskCompletionSource<MqttReasonCode>? Confirmed;
}
