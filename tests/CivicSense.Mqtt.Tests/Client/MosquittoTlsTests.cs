using System.Security.Authentication;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>TLS against a real Mosquitto, with certificates of the test's own.</summary>
public sealed class MosquittoTlsTests : IDisposable
{
    readonly TestCertificates certificates = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => certificates.Dispose();

    Task<MosquittoBroker> StartAsync(bool requireClientCertificate = false) =>
        MosquittoBroker.StartAsync(new MosquittoSettings { Tls = certificates, RequireClientCertificate = requireClientCertificate });

    MqttClientOptions Options(MosquittoBroker broker) => new()
    {
        Host = "127.0.0.1", Port = broker.Port, Tls = new MqttTlsOptions { CertificateAuthorities = certificates.Trusted },
    };

    [Fact]
    public async Task Messages_travel_over_TLS()
    {
        await using MosquittoBroker broker = await StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker), Cancel);
        await client.SubscribeAsync("a", 2, Cancel);
        byte[] large = new byte[200_000];
        Random.Shared.NextBytes(large);
        await client.PublishConfirmedAsync("a"u8.ToArray(), large, 2, cancellationToken: Cancel);
        Assert.Equal(large, (await client.Messages.ReadAsync(Cancel)).Payload.ToArray());
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_trusted()
    {
        using var other = new TestCertificates();
        await using MosquittoBroker broker = await StartAsync();
        await Assert.ThrowsAsync<AuthenticationException>(
            () => MqttClient.ConnectAsync(
                Options(broker) with { Tls = new MqttTlsOptions { CertificateAuthorities = other.Trusted } }, Cancel));
        await Assert.ThrowsAsync<AuthenticationException>(
            () => MqttClient.ConnectAsync(Options(broker) with { Tls = new MqttTlsOptions() }, Cancel));
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_not_trusted()
    {
        await using MosquittoBroker broker = await StartAsync();
        MqttClientOptions options = Options(broker);
        await Assert.ThrowsAsync<AuthenticationException>(
            () => MqttClient.ConnectAsync(options with { Tls = options.Tls! with { TargetHost = "broker.example" } }, Cancel));
        await using MqttClient client = await MqttClient.ConnectAsync(
            options with { Tls = options.Tls! with { TargetHost = "localhost" } }, Cancel);
    }

    [Fact]
    public async Task A_client_certificate_lets_in_whom_the_broker_asks_for_one()
    {
        await using MosquittoBroker broker = await StartAsync(requireClientCertificate: true);
        MqttClientOptions options = Options(broker);
        await using MqttClient client = await MqttClient.ConnectAsync(
            options with { Tls = options.Tls! with { ClientCertificate = certificates.ForClient("node") } }, Cancel);
        await client.PublishConfirmedAsync("a"u8.ToArray(), "b"u8.ToArray(), cancellationToken: Cancel);
        Assert.Contains("u'node'", broker.Log, StringComparison.Ordinal);
        using var other = new TestCertificates();
        await Assert.ThrowsAsync<MqttException>(() => MqttClient.ConnectAsync(options, Cancel));
        await Assert.ThrowsAsync<MqttException>(() => MqttClient.ConnectAsync(
            options with { Tls = options.Tls! with { ClientCertificate = other.ForClient("node") } }, Cancel));
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_is_no_server()
    {
        await using MosquittoBroker plain = await MosquittoBroker.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => MqttClient.ConnectAsync(Options(plain), Cancel));
    }
}
