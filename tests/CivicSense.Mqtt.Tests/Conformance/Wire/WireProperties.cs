using System.Collections;

namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>The property identifiers of MQTT 5.0 table 2-4, written down a second time so that a wrong one in the product is seen.</summary>
enum WireProperty : byte
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

/// <summary>
/// The properties of one packet in their order. Numbers are <see cref="long"/>, text is <see cref="string"/>, binary data is an array of
/// bytes, and a user property is a pair of strings.
/// </summary>
sealed class WireProperties : IEnumerable<KeyValuePair<WireProperty, object>>
{
    readonly List<KeyValuePair<WireProperty, object>> all = [];

    public void Add(WireProperty property, object value) => all.Add(new(property, value is int number ? (long)number : value));

    public bool Has(WireProperty property) => all.Exists(entry => entry.Key == property);

    public long? Number(WireProperty property) => All(property).Cast<long?>().SingleOrDefault();

    public string? Text(WireProperty property) => All(property).Cast<string?>().SingleOrDefault();

    public byte[]? Binary(WireProperty property) => All(property).Cast<byte[]?>().SingleOrDefault();

    public IReadOnlyList<long> Numbers(WireProperty property) => [.. All(property).Cast<long>()];

    public IReadOnlyList<(string Name, string Value)> User => [.. All(WireProperty.UserProperty).Cast<(string, string)>()];

    IEnumerable<object> All(WireProperty property) => all.Where(entry => entry.Key == property).Select(entry => entry.Value);

    public IEnumerator<KeyValuePair<WireProperty, object>> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static WireProperties Read(ref WireReader reader)
    {
        var properties = new WireProperties();
        var inner = new WireReader(reader.Bytes(reader.VariableInteger()));
        while (!inner.IsAtEnd)
        {
            var property = (WireProperty)inner.Byte();
            properties.Add(property, ReadValue(property, ref inner));
        }

        return properties;
    }

    static object ReadValue(WireProperty property, ref WireReader reader) => KindOf(property) switch
    {
        1 => (long)reader.Byte(),
        2 => (long)reader.UInt16(),
        4 => reader.UInt32(),
        'v' => (long)reader.VariableInteger(),
        's' => reader.Text(),
        'b' => reader.Bytes(reader.UInt16()).ToArray(),
        _ => (reader.Text(), reader.Text()),
    };

    public byte[] ToBytes()
    {
        var bytes = new WireWriter();
        foreach ((WireProperty property, object value) in all)
        {
            bytes.Byte((byte)property);
            switch (KindOf(property))
            {
                case 1: bytes.Byte(checked((byte)(long)value)); break;
                case 2: bytes.UInt16(checked((ushort)(long)value)); break;
                case 4: bytes.UInt32(checked((uint)(long)value)); break;
                case 'v': bytes.VariableInteger(checked((int)(long)value)); break;
                case 's': bytes.Text((string)value); break;
                case 'b': bytes.Binary((byte[])value); break;
                default:
                    (string name, string text) = ((string, string))value;
                    bytes.Text(name).Text(text);
                    break;
            }
        }

        return new WireWriter().VariableInteger(bytes.Length).Raw(bytes.ToArray()).ToArray();
    }

    // Table 2-4: bytes of a number, (v)ariable byte integer, (s)tring, (b)inary data, (p)air of strings.
    static int KindOf(WireProperty property) => property switch
    {
        WireProperty.ServerKeepAlive or WireProperty.ReceiveMaximum or WireProperty.TopicAliasMaximum or WireProperty.TopicAlias => 2,
        WireProperty.MessageExpiryInterval or WireProperty.SessionExpiryInterval or WireProperty.WillDelayInterval
            or WireProperty.MaximumPacketSize => 4,
        WireProperty.SubscriptionIdentifier => 'v',
        WireProperty.ContentType or WireProperty.ResponseTopic or WireProperty.AssignedClientIdentifier or WireProperty.AuthenticationMethod
            or WireProperty.ResponseInformation or WireProperty.ServerReference or WireProperty.ReasonString => 's',
        WireProperty.CorrelationData or WireProperty.AuthenticationData => 'b',
        WireProperty.UserProperty => 'p',
        _ => 1,
    };
}
