using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Mqtt;

/// <summary>
/// TLS 1.2 or 1.3. The server's certificate is always verified: there is no switch to trust everything. For a certificate that no public
/// authority has signed, name its own authority, or a self-signed certificate itself, in <see cref="CertificateAuthorities"/>.
/// </summary>
public sealed record MqttTlsOptions
{
    /// <summary>Who may sign the server's certificate; null (the default) trusts whom the operating system trusts.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>What this side shows when the server asks; it needs its private key. Null (the default) shows nothing.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// The name that the server's certificate must be for, and that is sent as Server Name Indication; null (the default) takes
    /// <see cref="MqttClientOptions.Host"/>.
    /// </summary>
    public string? TargetHost { get; init; }

    /// <summary>
    /// Whether it is looked up if the certificate was revoked. Default no: many authorities of one's own publish no list.
    /// </summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;
}
