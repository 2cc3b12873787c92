namespace CivicSense.Mqtt.Listener;

/// <summary>A message on its way to subscribers.</summary>
readonly ref struct RoutedMessage
{
    public required ReadOnlySpan<byte> Topic { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public ReadOnlySpan<byte> Properties { get; init; }

    public required int MessageExpiryOffset { get; init; }

    public uint MessageExpiryInterval { get; init; }

    public byte QualityOfService { get; init; }

    public bool Retain { get; init; }

    /// <summary>Who sent it; null for the host itself.</summary>
    public ClientSession? Publisher { get; init; }

    public static RoutedMessage Of(MessageContent content, byte qualityOfService, DateTimeOffset now) => new()
    {
        Topic = content.Topic,
        Payload = content.Payload,
        Properties = content.Properties,
        MessageExpiryOffset = content.MessageExpiryOffset,
        MessageExpiryInterval = content.RemainingExpiry(now) ?? 0,
        QualityOfService = qualityOfService,
    };
}
