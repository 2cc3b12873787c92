namespace CivicSense.Mqtt.Client;

/// <summary>What a person can do about a reason code.</summary>
static class ReasonAdvice
{
    /// <summary>One sentence; null where the name of the code says it all.</summary>
    public static string? For(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.UnsupportedProtocolVersion => "Set Version to the other one of MQTT 3.1.1 and 5.0.",
        MqttReasonCode.ClientIdentifierNotValid =>
            "Use another client identifier: short, letters and digits only, or one the server lets this user have.",
        MqttReasonCode.BadUserNameOrPassword => "Check the user name and the password.",
        MqttReasonCode.NotAuthorized => "Check what the server's access rules let this user do, and the user name and password.",
        MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.ConnectionRateExceeded
            or MqttReasonCode.ServerShuttingDown => "Try again later.",
        MqttReasonCode.Banned => "The server's operator has to let this client in again.",
        MqttReasonCode.BadAuthenticationMethod => "The server wants an enhanced authentication, which this client does not have.",
        MqttReasonCode.KeepAliveTimeout => "The network, or this program, stood still for longer than the keep-alive.",
        MqttReasonCode.SessionTakenOver => "Another client uses the same client identifier: give each its own.",
        MqttReasonCode.TopicFilterInvalid => "Subscribe to a filter the server allows.",
        MqttReasonCode.TopicNameInvalid => "Publish to a topic the server allows.",
        MqttReasonCode.PacketTooLarge => "Send less at once, or raise the maximum packet size of the side that refused.",
        MqttReasonCode.ReceiveMaximumExceeded => "Acknowledge earlier, or raise ReceiveMaximum.",
        MqttReasonCode.MessageRateTooHigh => "Publish more slowly.",
        MqttReasonCode.QuotaExceeded => "The server's operator has set a limit that was reached.",
        MqttReasonCode.PayloadFormatInvalid => "The payload is not what its properties say.",
        MqttReasonCode.RetainNotSupported => "Publish without the RETAIN flag.",
        MqttReasonCode.QualityOfServiceNotSupported => "Use a lower quality of service.",
        MqttReasonCode.UseAnotherServer => "For now the server wants another one to be used: change Host.",
        MqttReasonCode.ServerMoved => "From now on another server has to be used: change Host.",
        MqttReasonCode.SharedSubscriptionsNotSupported => "Subscribe without $share.",
        MqttReasonCode.SubscriptionIdentifiersNotSupported => "Subscribe without an identifier.",
        MqttReasonCode.WildcardSubscriptionsNotSupported => "Subscribe to single topics.",
        _ => null,
    };

    /// <summary>Whether time alone may change the answer.</summary>
    public static bool MayHeal(MqttReasonCode reason) => reason is not (
        MqttReasonCode.UnsupportedProtocolVersion or MqttReasonCode.ClientIdentifierNotValid or MqttReasonCode.BadUserNameOrPassword
        or MqttReasonCode.NotAuthorized or MqttReasonCode.Banned or MqttReasonCode.BadAuthenticationMethod
        or MqttReasonCode.TopicFilterInvalid or MqttReasonCode.TopicNameInvalid or MqttReasonCode.PacketTooLarge
        or MqttReasonCode.PayloadFormatInvalid or MqttReasonCode.RetainNotSupported or MqttReasonCode.QualityOfServiceNotSupported
        or MqttReasonCode.UseAnotherServer or MqttReasonCode.ServerMoved or MqttReasonCode.SharedSubscriptionsNotSupported
        or MqttReasonCode.SubscriptionIdentifiersNotSupported or MqttReasonCode.WildcardSubscriptionsNotSupported);
}
