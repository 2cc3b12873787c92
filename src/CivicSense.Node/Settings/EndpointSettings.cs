using System.Collections.Immutable;

namespace CivicSense.Node.Settings;

/// <summary>An address that the node listens on.</summary>
record EndpointSettings
{
    /// <summary>An IP address; <c>*</c> (the default) is every address of the machine.</summary>
    public string Address { get; init; } = "*";

    /// <summary>1 to 65535; 0 lets the machine choose.</summary>
    public int Port { get; init; }

    /// <summary>
    /// A certificate in PEM form, which switches TLS on, with the certificates between it and its root behind it. Read again when it
    /// changes. Default none.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's private key in PEM form.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>
    /// Certificates in PEM form that sign those of devices: a device whose certificate has its name needs no password. Only where devices
    /// connect, with a certificate. Default none.
    /// </summary>
    public string? ClientCertificateAuthority { get; init; }
}

/// <summary>Where pages and API are served.</summary>
sealed record HttpSettings : EndpointSettings
{
    /// <summary>
    /// How many requests a second one address may make, four seconds' worth of them at once; 0 for any number, for example behind a reverse
    /// proxy that limits them itself. Default 1000.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 1000;

    /// <summary>Rows of a page of the API where a request names no limit: 1 to 10000. Default 1000.</summary>
    public int PageSize { get; init; } = 1000;
}

/// <summary>Where devices connect, and what holds for every way in which they do.</summary>
sealed record MqttSettings : EndpointSettings
{
    /// <summary>
    /// Whether this endpoint is listened on. Default true; false where devices connect to <c>mqttTls</c> or to a broker only.
    /// </summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether clients without a user name may read the public topics. Default true.</summary>
    public bool AnonymousReaders { get; init; } = true;

    /// <summary>Whether MQTT is also served over WebSocket, at <c>/mqtt</c> of the HTTP endpoint. Default true.</summary>
    public bool WebSocket { get; init; } = true;

    /// <summary>
    /// Origins of web pages that may connect over WebSocket, such as <c>https://map.example.org</c>, beside the node's own.
    /// </summary>
    public ImmutableArray<string> WebSocketOrigins { get; init; } = [];

    /// <summary>The limits of the listener. Default: those of docs/configuration.md.</summary>
    public MqttLimitSettings Limits { get; init; } = new();
}
