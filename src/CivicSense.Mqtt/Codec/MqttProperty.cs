namespace CivicSense.Mqtt.Codec;

/// <summary>Property identifiers, MQTT 5.0 table 2-4.</summary>
enum MqttProperty : byte
{
    PayloadFormatIndicator = 1,
    MessageExpiryInterval = 2,
    ContentType = 3,
    ResponseTopic = 8,
    CorrelationData = 9,
    SubscriptionIdentifier = 11,
    SessionExpiryInterval = 17,
    AssignedClientIdentifier = 18,
    ServerKeepAlive = 19,
    AuthenticationMethod = 21,
    AuthenticationData = 22,
    RequestProblemInformation = 23,
    WillDelayInterval = 24,
    RequestResponseInformation = 25,
    ResponseInformation = 26,
    ServerReference = 28,
    ReasonString = 31,
    ReceiveMaximum = 33,
    TopicAliasMaximum = 34,
    TopicAlias = 35,
    MaximumQualityOfService = 36,
    RetainAvailable = 37,
    UserProperty = 38,
    MaximumPacketSize = 39,
    WildcardSubscriptionAvailable = 40,
    SubscriptionIdentifierAvailable = 41,
    SharedSubscriptionAvailable = 42,
}

/// <summary>Which properties a packet may carry, MQTT 5.0 table 2-4: one bit for each identifier.</summary>
static class AllowedProperties
{
    public const ulong OfConnect =
        1ul << 17 | 1ul << 21 | 1ul << 22 | 1ul << 23 | 1ul << 25 | 1ul << 33 | 1ul << 34 | 1ul << 38 | 1ul << 39;
    public const ulong OfWill = 1ul << 1 | 1ul << 2 | 1ul << 3 | 1ul << 8 | 1ul << 9 | 1ul << 24 | 1ul << 38;
    public const ulong OfConnAck = 1ul << 17 | 1ul << 18 | 1ul << 19 | 1ul << 21 | 1ul << 22 | 1ul << 26 | 1ul << 28 | 1ul << 31 | 1ul << 33
        | 1ul << 34 | 1ul << 36 | 1ul << 37 | 1ul << 38 | 1ul << 39 | 1ul << 40 | 1ul << 41 | 1ul << 42;
    public const ulong OfPublishFromClient = 1ul << 1 | 1ul << 2 | 1ul << 3 | 1ul << 8 | 1ul << 9 | 1ul << 35 | 1ul << 38;
    public const ulong OfPublishFromServer = OfPublishFromClient | 1ul << 11;
    public const ulong OfSubscribe = 1ul << 11 | 1ul << 38;
    public const ulong OfUnsubscribe = 1ul << 38;
    public const ulong OfAcknowledgement = 1ul << 31 | 1ul << 38;
    public const ulong OfAuth = 1ul << 21 | 1ul << 22 | 1ul << 31 | 1ul << 38;
    public const ulong OfDisconnectFromClient = 1ul << 17 | 1ul << 31 | 1ul << 38;
    public const ulong OfDisconnectFromServer = 1ul << 28 | 1ul << 31 | 1ul << 38;
}
