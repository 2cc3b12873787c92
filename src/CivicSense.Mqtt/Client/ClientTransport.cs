using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Mqtt.Client;

/// <summary>The bytes of one connection, over TCP or TLS. One thread may read while another sends.</summary>
sealed class ClientTransport : IDisposable
{
    readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    SslStream? encrypted;

    /// <exception cref="SocketException">There was no connection to be had.</exception>
    /// <exception cref="AuthenticationException">The server's certificate is not to be trusted, or TLS could not be agreed on.</exception>
    public async Task ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
        if (options.Tls is not { } tls) return;
        encrypted = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await encrypted.AuthenticateAsClientAsync(Authentication(tls, options.Host), cancellationToken);
    }

    static SslClientAuthenticationOptions Authentication(MqttTlsOptions tls, string host)
    {
        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = tls.TargetHost ?? host,
            // Older versions are broken, and an operating system may still allow them.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = tls.RevocationMode,
        };
        if (tls.ClientCertificate is { } certificate) authentication.ClientCertificates = [certificate];
        if (tls.CertificateAuthorities is { } authorities)
        {
            authentication.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = tls.RevocationMode,
            };
            authentication.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return authentication;
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        encrypted is null
            ? socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)
            : encrypted.ReadAsync(buffer, cancellationToken);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (encrypted is not null)
        {
            await encrypted.WriteAsync(bytes);
            return;
        }

        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }

    public void Dispose()
    {
        // Disposing the stream first would send TLS's goodbye on a socket that nobody may be reading.
        socket.Dispose();
        encrypted?.Dispose();
    }
}
