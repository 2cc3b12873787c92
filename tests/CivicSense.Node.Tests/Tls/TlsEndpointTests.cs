using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Node.Settings;
using CivicSense.Node.Tls;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Tests.Tls;

public sealed class TlsEndpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestCertificates certificates = new();
    readonly ManualTimeProvider time = new();
    readonly CountingLog log = new();

    public void Dispose()
    {
        folder.Dispose();
        certificates.Dispose();
    }

    [Fact]
    public void A_certificate_that_changes_is_taken_by_the_next_handshake_after_a_second()
    {
        var first = Write(certificates.ForServer());
        var endpoint = Read();
        var second = Write(certificates.ForServer());
        Assert.Equal(first, ThumbprintOf(endpoint));

        time.Advance(TlsEndpoint.CheckInterval);

        Assert.Equal(second, ThumbprintOf(endpoint));
        Assert.Equal([1200], log.Events);
    }

    [Theory]
    [InlineData("certificate.pem", "rubbish")]
    [InlineData("certificate.pem", "")]
    [InlineData("key.pem", "rubbish")]
    [InlineData("key.pem", null)]
    public void What_cannot_be_used_leaves_the_one_before_in_force_and_is_logged_once(string file, string? content)
    {
        var first = Write(certificates.ForServer());
        var endpoint = Read();
        if (content is null)
            File.Delete(folder.File(file));
        else
            File.WriteAllText(folder.File(file), content);

        for (var i = 0; i < 3; i++)
        {
            time.Advance(TlsEndpoint.CheckInterval);
            Assert.Equal(first, ThumbprintOf(endpoint));
        }

        Assert.Equal([1201], log.Events);
    }

    [Fact]
    public void A_certificate_without_its_key_waits_for_the_key()
    {
        var first = Write(certificates.ForServer());
        var endpoint = Read();
        using var other = certificates.ForServer();
        File.WriteAllText(folder.File("certificate.pem"), other.ExportCertificatePem());
        time.Advance(TlsEndpoint.CheckInterval);
        Assert.Equal(first, ThumbprintOf(endpoint));

        File.WriteAllText(folder.File("key.pem"), TestCertificates.KeyPem(other));
        time.Advance(TlsEndpoint.CheckInterval);

        Assert.Equal(other.Thumbprint, ThumbprintOf(endpoint));
        Assert.Equal([1201, 1200], log.Events);
    }

    [Fact]
    public void Files_that_stay_the_same_are_not_loaded_again()
    {
        Write(certificates.ForServer());
        var endpoint = Read();
        var before = endpoint.Current(log);
        time.Advance(TlsEndpoint.CheckInterval);
        Assert.Same(before, endpoint.Current(log));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("rubbish")]
    public void At_the_start_a_wrong_certificate_is_the_steward_s_error(string? content)
    {
        Write(certificates.ForServer());
        if (content is null)
            File.Delete(folder.File("certificate.pem"));
        else
            File.WriteAllText(folder.File("certificate.pem"), content);
        Assert.StartsWith("mqtt.certificate: ", Assert.Throws<UserErrorException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_of_a_present_version_is_served_without_a_certificate(SslProtocols version)
    {
        Write(certificates.ForServer());
        Assert.Null(await ShakeHandsAsync(Read(authority: true), null, version));
    }

    [Fact]
    public async Task A_client_shows_a_certificate_of_the_steward_s_authority()
    {
        Write(certificates.ForServer());
        using var certificate = certificates.ForClient("balcony");
        Assert.Equal("CN=balcony", await ShakeHandsAsync(Read(authority: true), certificate));
    }

    [Fact]
    public async Task Where_no_authority_is_named_a_client_is_not_asked_for_a_certificate()
    {
        Write(certificates.ForServer());
        using var certificate = certificates.ForClient("balcony");
        Assert.Null(await ShakeHandsAsync(Read(), certificate));
    }

    [Theory]
    [InlineData("of another authority")]
    [InlineData("expired")]
    [InlineData("for servers")]
    public async Task Another_certificate_ends_the_handshake(string kind)
    {
        Write(certificates.ForServer());
        // The same name as the right authority: only its key tells them apart.
        using var stranger = new TestCertificates();
        using var certificate = kind switch
        {
            "expired" => certificates.ForClientOnce("balcony"),
            "for servers" => certificates.ForServer("balcony"),
            _ => stranger.ForClient("balcony"),
        };
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeHandsAsync(Read(authority: true), certificate));
    }

    TlsEndpoint Read(bool authority = false)
    {
        if (authority)
            File.WriteAllText(folder.File("authority.pem"), certificates.Authority.ExportCertificatePem());
        var settings = new EndpointSettings
        {
            Certificate = folder.File("certificate.pem"),
            CertificateKey = folder.File("key.pem"),
            ClientCertificateAuthority = authority ? folder.File("authority.pem") : null,
        };
        return TlsEndpoint.Read("mqtt", settings, time, new SslApplicationProtocol("mqtt"))!;
    }

    string Write(X509Certificate2 certificate)
    {
        using (certificate)
        {
            File.WriteAllText(folder.File("certificate.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(folder.File("key.pem"), TestCertificates.KeyPem(certificate));
            return certificate.Thumbprint;
        }
    }

    string ThumbprintOf(TlsEndpoint endpoint) => endpoint.Current(log).ServerCertificateContext!.TargetCertificate.Thumbprint;

    /// <summary>The subject of the certificate that the server has seen, after a byte has gone each way.</summary>
    async Task<string?> ShakeHandsAsync(TlsEndpoint endpoint, X509Certificate2? certificate, SslProtocols version = SslProtocols.None)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var dialled = new TcpClient();
        await dialled.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancel);
        using var accepted = await listener.AcceptTcpClientAsync(cancel);
        await using var server = new SslStream(accepted.GetStream());
        await using var client = new SslStream(dialled.GetStream());
        var serving = ServeAsync();
        try
        {
            await client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = version,
                    ApplicationProtocols = [new SslApplicationProtocol("mqtt")],
                    ClientCertificates = certificate is null ? null : [certificate],
                    CertificateChainPolicy = certificates.Trust(),
                },
                cancel);
            // With TLS 1.3 the client only learns of a refusal when it reads (RFC 8446, section 4.4).
            await client.ReadExactlyAsync(new byte[1], cancel);
        }
        finally
        {
            dialled.Close();
        }
        return await serving;

        async Task<string?> ServeAsync()
        {
            try
            {
                await server.AuthenticateAsServerAsync(endpoint.Current(log), cancel);
                await server.WriteAsync(new byte[1], cancel);
                return server.RemoteCertificate?.Subject;
            }
            catch
            {
                accepted.Close();
                throw;
            }
        }
    }

    sealed class CountingLog : ILogger
    {
        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Add(eventId.Id);
    }
}
