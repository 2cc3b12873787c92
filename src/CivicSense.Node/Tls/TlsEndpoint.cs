using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Node.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CivicSense.Node.Tls;

/// <summary>
/// TLS on one endpoint. Files that change are taken in by the next handshake; connections that are open stay as they are.
/// </summary>
/// <remarks>
/// Files are compared by content, at most once a <see cref="CheckInterval"/> and only when somebody connects: that sees every way of
/// replacing them, also symbolic links that are turned, and needs no thread. What cannot be used leaves the present certificate in force
/// and is logged once.
/// </remarks>
sealed class TlsEndpoint
{
    /// <summary>A handshake looks at the files if the last look was at least this long ago.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    static readonly TimeSpan DefaultHandshakeTimeout = TimeSpan.FromSeconds(10);
    static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    readonly string key;
    readonly EndpointSettings settings;
    readonly List<SslApplicationProtocol>? protocols;
    readonly TimeProvider time;
    readonly Lock gate = new();
    CertificateFiles? seen;
    string? lastProblem;
    long checkedAt;
    SslServerAuthenticationOptions current;

    TlsEndpoint(string key, EndpointSettings settings, List<SslApplicationProtocol>? protocols, TimeProvider time)
    {
        (this.key, this.settings, this.protocols, this.time) = (key, settings, protocols, time);
        checkedAt = time.GetTimestamp();
        seen = CertificateFiles.Read(settings);
        current = Load(seen);
    }

    /// <summary>Reads an endpoint's certificate; null where it has none.</summary>
    /// <param name="key">The endpoint's name in the configuration.</param>
    /// <param name="settings">The endpoint.</param>
    /// <param name="time">Decides when files are looked at again.</param>
    /// <param name="protocol">
    /// What clients may ask for by ALPN (RFC 7301); clients that ask for nothing are served too. Null leaves it to Kestrel, which knows
    /// HTTP's.
    /// </param>
    /// <exception cref="UserErrorException">A file cannot be read or used.</exception>
    public static TlsEndpoint? Read(string key, EndpointSettings settings, TimeProvider time, SslApplicationProtocol? protocol = null)
    {
        if (settings.Certificate is null)
            return null;
        try
        {
            return new TlsEndpoint(key, settings, protocol is { } only ? [only] : null, time);
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            var authority = settings.ClientCertificateAuthority is { } path ? $", or the authority '{path}'," : "";
            throw new UserErrorException(
                $"{key}.certificate: '{settings.Certificate}' or its key{authority} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Makes Kestrel ask here at every handshake.</summary>
    /// <param name="logger">Is told about certificates.</param>
    /// <param name="handshakeTimeout">How long a handshake may take; 10 s where nothing is said.</param>
    public TlsHandshakeCallbackOptions ToKestrel(ILogger logger, TimeSpan? handshakeTimeout = null) => new()
    {
        HandshakeTimeout = handshakeTimeout ?? DefaultHandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(Current(logger)),
    };

    /// <summary>What the next handshake uses. Safe for concurrent use.</summary>
    public SslServerAuthenticationOptions Current(ILogger logger)
    {
        lock (gate)
        {
            if (time.GetElapsedTime(checkedAt) < CheckInterval)
                return current;
            checkedAt = time.GetTimestamp();
            try
            {
                Refresh(logger);
            }
            catch (Exception exception) when (IsUnusable(exception))
            {
                // Two files cannot be replaced at one instant, so this may pass within a second.
                if (lastProblem != exception.Message)
                    logger.CertificateKept(key, exception.Message);
                lastProblem = exception.Message;
            }
            return current;
        }
    }

    void Refresh(ILogger logger)
    {
        var files = CertificateFiles.Read(settings);
        if (files == seen)
            return;
        current = Load(files);
        (seen, lastProblem) = (files, null);
        logger.CertificateReplaced(key);
    }

    SslServerAuthenticationOptions Load(CertificateFiles files)
    {
        var authority = files.LoadAuthority();
        return new SslServerAuthenticationOptions
        {
            // Offline: a handshake never waits for a server of the certificate's issuer.
            ServerCertificateContext = SslStreamCertificateContext.Create(files.Load(), files.LoadChain(), offline: true),
            // Earlier versions are deprecated (RFC 8996).
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = protocols,
            ClientCertificateRequired = authority is not null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = authority is null ? null : PolicyOf(authority),
            RemoteCertificateValidationCallback = IsAcceptable,
        };
    }

    /// <summary>
    /// Signed by the steward's own authority, in force now, and made for clients. The machine's trusted roots do not count.
    /// </summary>
    static X509ChainPolicy PolicyOf(X509Certificate2Collection authority)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        policy.ApplicationPolicy.Add(ClientAuthentication);
        return policy;
    }

    // A client may show no certificate: then it needs a password. One that shows a wrong one is told so by the handshake.
    static bool IsAcceptable(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;

    static bool IsUnusable(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException;
}
