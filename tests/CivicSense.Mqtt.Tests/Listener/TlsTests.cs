using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>What is different where TLS lies between the listener and the socket.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    readonly TestCertificates certificates = new();
    readonly ManualTimeProvider time = new();
    WebApplication host = null!;
    int port;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    MqttListenerStatistics Statistics => host.Services.GetRequiredService<MqttListenerStatistics>();

    MqttClientOptions Options => new()
    {
        Host = "127.0.0.1", Port = port, ClientId = "sensor", UserName = "user", Password = "secret",
        Tls = new MqttTlsOptions { CertificateAuthorities = certificates.Trusted },
    };

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<IMqttApplication>(new TestApplication()).AddMqttListener();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificates.ForServer())));
        host = builder.Build();
        await host.StartAsync(Cancel);
        port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(Cancel);
        await host.DisposeAsync();
        certificates.Dispose();
    }

    [Fact]
    public async Task A_client_whose_session_is_taken_over_hears_so()
    {
        await using MqttClient old = await MqttClient.ConnectAsync(Options, Cancel);
        await using MqttClient taker = await MqttClient.ConnectAsync(Options, Cancel);
        // DISCONNECT 0x8E: MQTT 5.0, section 3.14.2.1 and [MQTT-3.1.4-3].
        Assert.Equal(MqttReasonCode.SessionTakenOver, await old.Completion.WaitAsync(TestHost.Patience, Cancel));
        await taker.PublishConfirmedAsync("a"u8.ToArray(), default, cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_peer_that_agrees_on_TLS_and_then_says_nothing_is_ended_by_the_deadline()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        await using SslStream secure = await ShakeHandsAsync(socket);
        time.Advance(TimeSpan.FromSeconds(11));
        await AssertEndedByTheDeadlineAsync(secure);
        await using MqttClient other = await MqttClient.ConnectAsync(Options, Cancel);
    }

    [Fact]
    public async Task A_peer_that_does_not_even_begin_with_TLS_is_ended_by_the_same_deadline()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        await TestHost.UntilAsync(() => Statistics.ConnectionsOpen == 1);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(0, Statistics.ConnectDeadlinesMissed);
        time.Advance(TimeSpan.FromSeconds(2));
        await AssertEndedByTheDeadlineAsync(socket.GetStream());
        await using MqttClient other = await MqttClient.ConnectAsync(Options, Cancel);
    }

    [Fact]
    public async Task A_slow_handshake_is_part_of_the_time_that_CONNECT_has()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        await TestHost.UntilAsync(() => Statistics.ConnectionsOpen == 1);
        time.Advance(TimeSpan.FromSeconds(6));
        await using SslStream secure = await ShakeHandsAsync(socket);
        time.Advance(TimeSpan.FromSeconds(5));
        await AssertEndedByTheDeadlineAsync(secure);
    }

    [Fact]
    public async Task A_listener_that_stops_does_not_wait_for_handshakes()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        await TestHost.UntilAsync(() => Statistics.ConnectionsOpen == 1);
        await host.StopAsync(Cancel).WaitAsync(TestHost.Patience, Cancel);
        await AssertEndAsync(socket.GetStream());
        Assert.Equal((0, 0), (Statistics.ConnectionsOpen, Statistics.ConnectDeadlinesMissed));
    }

    async Task<SslStream> ShakeHandsAsync(TcpClient socket)
    {
        var secure = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = certificates.Trust() }, Cancel);
        await TestHost.UntilAsync(() => Statistics.ConnectionsOpen == 1);
        return secure;
    }

    async Task AssertEndedByTheDeadlineAsync(Stream stream)
    {
        await AssertEndAsync(stream);
        Assert.Equal(1, Statistics.ConnectDeadlinesMissed);
        await TestHost.UntilAsync(() => Statistics.ConnectionsOpen == 0);
    }

    static async Task AssertEndAsync(Stream stream)
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancel).AsTask().WaitAsync(TestHost.Patience, Cancel));
        }
        catch (IOException)
        {
            // The client has said more than the listener has read (RST).
        }
    }
}
