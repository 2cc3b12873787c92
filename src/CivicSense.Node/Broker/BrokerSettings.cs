using System.Text.Json;
using System.Text.Json.Serialization;
using CivicSense.Ingestion;
using CivicSense.Mqtt;

namespace CivicSense.Node.Broker;

/// <summary>The broker that sensors publish to, if not to the node itself. See docs/external-broker.md.</summary>
sealed record BrokerSettings
{
    static readonly BrokerOptions Defaults = new() { Connection = static () => throw new InvalidOperationException() };

    /// <summary><c>mqtt://HOST:PORT</c> or, with TLS, <c>mqtts://HOST:PORT</c>. The port may be left out if it is 1883 or 8883.</summary>
    public Uri? Address { get; init; }

    /// <summary>The user name. Default none.</summary>
    public string? UserName { get; init; }

    /// <summary>A file with the password on its first line, relative to the configuration file. Default none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Who signed the broker's certificate, a PEM file. Default: whom the machine trusts.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The certificate that the node shows, a PEM file. Default none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The certificate's private key, a PEM file.</summary>
    public string? ClientCertificateKey { get; init; }

    /// <summary>The client identifier. Default: chosen once and kept in the data folder.</summary>
    public string? ClientId { get; init; }

    /// <summary>The group that shares the subscription; <c>""</c>, the default, for none.</summary>
    public string Group { get; init; } = Defaults.Group;

    /// <summary>The topic filter of the readings. Default <c>civicsense/v1/+/readings</c>.</summary>
    public string Topic { get; init; } = Defaults.Topic;

    /// <summary>The user property that names the sensor. Default none: the topic's level at the filter's first <c>+</c> does.</summary>
    public string? DeviceProperty { get; init; }

    /// <summary>How long the broker keeps messages for a node that is away, in hours. Default 168; 0 to 1193046.</summary>
    public double SessionHours { get; init; } = Defaults.Session.TotalHours;

    /// <summary>How many messages may be unacknowledged. Default 4096; 1 to 65535.</summary>
    public int ReceiveMaximum { get; init; } = Defaults.ReceiveMaximum;

    /// <summary>Whether the connection is encrypted.</summary>
    [JsonIgnore]
    public bool IsSecure => Address?.Scheme == "mqtts";

    /// <summary>The port of the address.</summary>
    [JsonIgnore]
    public int Port => Address is { Port: > 0 } address ? address.Port : IsSecure ? 8883 : 1883;

    /// <summary>The settings in the room's own form.</summary>
    /// <param name="connection">How to connect; see <see cref="BrokerOptions.Connection"/>.</param>
    public BrokerOptions ToOptions(Func<MqttClientOptions> connection) => new()
    {
        Connection = connection,
        Group = Group,
        Topic = Topic,
        DeviceProperty = DeviceProperty,
        Session = TimeSpan.FromHours(SessionHours),
        ReceiveMaximum = ReceiveMaximum,
    };

    /// <summary>The same with all paths resolved.</summary>
    public BrokerSettings Resolve(Func<string?, string?> path) => this with
    {
        PasswordFile = path(PasswordFile),
        CertificateAuthority = path(CertificateAuthority),
        ClientCertificate = path(ClientCertificate),
        ClientCertificateKey = path(ClientCertificateKey),
    };

    /// <summary>A sentence for each thing that is not allowed; it names the key, the value and the range.</summary>
    public IEnumerable<string> Check()
    {
        if (Address is not { IsAbsoluteUri: true, Scheme: "mqtt" or "mqtts", Host.Length: > 0, UserInfo: "", PathAndQuery: "" or "/",
            Fragment: "" })
        {
            // Not repeated: somebody may have put the password into it.
            yield return "broker.address: not allowed; allowed is mqtt://HOST:PORT or mqtts://HOST:PORT, "
                + "with the user name in broker.userName and the password in the file broker.passwordFile.";
        }
        else if (!IsSecure && (CertificateAuthority ?? ClientCertificate ?? ClientCertificateKey) is not null)
        {
            yield return "broker.certificateAuthority, broker.clientCertificate: only allowed with an address that begins with mqtts://.";
        }
        if (ClientCertificate is null != ClientCertificateKey is null)
            yield return "broker.clientCertificate and broker.clientCertificateKey: give both, or neither.";
        if (PasswordFile is not null && UserName is null)
            yield return "broker.passwordFile: needs broker.userName.";
        if (!(SessionHours is >= 0 and <= 1_193_046))
            yield return FormattableString.Invariant($"broker.sessionHours: {SessionHours} is not allowed; allowed is 0 to 1193046.");
        if (ClientId is { Length: 0 or > 1024 })
            yield return "broker.clientId: allowed are 1 to 1024 characters.";
        foreach (var problem in (this with { SessionHours = 1 }).ToOptions(static () => throw new InvalidOperationException()).Validate())
            yield return $"broker.{problem}";
    }
}

/// <summary>Reads <c>"broker": "mqtts://HOST"</c> as what it is short for.</summary>
sealed class BrokerSettingsConverter : JsonConverter<BrokerSettings>
{
    public override BrokerSettings? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return ReadObject(ref reader, options);
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException();
        return Uri.TryCreate(reader.GetString(), UriKind.Absolute, out var address)
            ? new BrokerSettings { Address = address }
            : throw new JsonException("Not an address.");
    }

    /// <summary>An error inside says its path within the whole file.</summary>
    static BrokerSettings? ReadObject(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<BrokerSettings>(ref reader, options);
        }
        catch (JsonException exception)
        {
            throw new JsonException(
                exception.Message, $"$.broker{exception.Path?[1..]}", exception.LineNumber, exception.BytePositionInLine, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, BrokerSettings value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options);
}
