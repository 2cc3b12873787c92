namespace CivicSense.Mqtt;

/// <summary>The protocol versions spoken here, with the value of the CONNECT packet's protocol level byte.</summary>
public enum MqttProtocolVersion : byte
{
    /// <summary>MQTT 3.1.1 (OASIS 2014).</summary>
    V311 = 4,

    /// <summary>MQTT 5.0 (OASIS 2019).</summary>
    V5 = 5,
}

/// <summary>Reason codes of MQTT 5.0, section 2.4.</summary>
public enum MqttReasonCode : byte
{
    /// <summary>Success, normal disconnection, or granted QoS 0.</summary>
    Success = 0x00,

    /// <summary>Granted QoS 1.</summary>
    GrantedQualityOfService1 = 0x01,

    /// <summary>Granted QoS 2.</summary>
    GrantedQualityOfService2 = 0x02,

    /// <summary>A client's DISCONNECT that asks for its will to be published.</summary>
    DisconnectWithWillMessage = 0x04,

    /// <summary>The message was accepted but nobody subscribes.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>Nothing was subscribed under this filter.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>An enhanced authentication goes on.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>A connected client authenticates again.</summary>
    ReAuthenticate = 0x19,

    /// <summary>No reason is given.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet does not follow the specification.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet is well formed but not allowed here.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid, but not accepted by this server.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The protocol version is not supported.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The client identifier is not allowed.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>Unknown user or wrong password.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>The client may not do this.</summary>
    NotAuthorized = 0x87,

    /// <summary>The server cannot take it now.</summary>
    ServerUnavailable = 0x88,

    /// <summary>Too busy; try later.</summary>
    ServerBusy = 0x89,

    /// <summary>The server does not let this client in at all.</summary>
    Banned = 0x8A,

    /// <summary>The server stops.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>Nothing was heard for one and a half keep-alive intervals.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection uses the same client identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The topic filter is well formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The topic name is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The packet identifier is in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The packet identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More unacknowledged messages than Receive Maximum allows.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>The topic alias is 0 or above the maximum.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than accepted.</summary>
    PacketTooLarge = 0x95,

    /// <summary>Messages come too fast.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>A quota has been exceeded.</summary>
    QuotaExceeded = 0x97,

    /// <summary>An operator has ended the connection.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload does not have the announced format.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The quality of service is not supported.</summary>
    QualityOfServiceNotSupported = 0x9B,

    /// <summary>The client should use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>The client should use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Too many connections in a short time.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The longest allowed connection time has passed.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcards are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
