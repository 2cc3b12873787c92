using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Tests.Listener.Transport;

/// <summary>
/// The transport, through the listener on top of it: all other tests of the listener run on it too. On other systems than Linux they run
/// on Kestrel's, and have to pass as well.
/// </summary>
public sealed class PolledTransportTests
{
    [Fact]
    public async Task A_packet_that_comes_byte_by_byte_is_read_as_one()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection client = await host.OpenAsync();
        foreach (byte one in RawConnection.ConnectV311) await client.SendAsync(one);
        Assert.Equal([0x20, 2, 0, 0], await client.ReadPacketAsync());
        foreach (byte one in Publish(1, "a/b", "hello")) await client.SendAsync(one);
        Assert.Equal([0x40, 2, 0, 1], await client.ReadPacketAsync());
        Assert.Equal("hello", Assert.Single(host.Application.Received).Payload);
    }

    [Fact]
    public async Task Packets_longer_and_shorter_than_a_turn_come_out_whole_and_are_acknowledged_in_order()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection client = await host.OpenAsync();
        await client.SendAsync(RawConnection.ConnectV311);
        await client.ReadPacketAsync();
        string[] payloads = [.. Enumerable.Range(1, 300).Select(i => new string((char)('a' + i % 26), i * 211 % 60_000))];
        byte[] all = [.. payloads.SelectMany((payload, i) => Publish(i + 1, "a/b", payload))];
        Task sending = client.SendAsync(all);
        byte[] acknowledgements = await client.ReadAsync(4 * payloads.Length);
        await sending;

        Assert.Equal(Enumerable.Range(1, 300).SelectMany(i => (byte[])[0x40, 2, (byte)(i >> 8), (byte)(i & 255)]), acknowledgements);
        Assert.Equal(payloads, host.Application.Received.Select(message => message.Payload));
    }

    [Fact]
    public async Task Answers_that_a_slow_client_does_not_take_wait_until_it_does()
    {
        const int Pings = 400_000;
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection client = await host.OpenAsync();
        await client.SendAsync(RawConnection.ConnectV311);
        await client.ReadPacketAsync();
        byte[] pings = [.. Enumerable.Repeat((byte[])[0xC0, 0], Pings).SelectMany(ping => ping)];
        Task sending = client.SendAsync(pings);
        byte[] answers = await client.ReadAsync(2 * Pings);
        await sending;
        Assert.Equal(Pings, answers.Count(one => one == 0xD0));
    }

    [Fact]
    public async Task A_connection_that_the_client_resets_is_ended()
    {
        await using TestHost host = await TestHost.StartAsync();
        using (RawConnection client = await host.OpenAsync())
        {
            await client.SendAsync(RawConnection.ConnectV311);
            await client.ReadPacketAsync();
            await client.SendAsync(0xC0, 0);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        Assert.Equal(1, host.Statistics.ConnectionsAccepted);
    }

    [Fact]
    public async Task Many_connections_are_served_at_once_and_none_gets_what_is_another_s()
    {
        const int Clients = 100;
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumConnectionsPerIdentity = Clients);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            string name = number.ToString("D3", CultureInfo.InvariantCulture);
            using RawConnection client = await host.OpenAsync();
            byte[] connect = [.. RawConnection.ConnectV311[..^3], .. Encoding.ASCII.GetBytes(name)];
            await client.SendAsync(connect);
            Assert.Equal([0x20, 2, 0, 0], await client.ReadPacketAsync());
            for (int i = 1; i <= 50; i++)
            {
                await client.SendAsync(Publish(number * 100 + i, "a/b", name));
                int identifier = number * 100 + i;
                Assert.Equal([0x40, 2, (byte)(identifier >> 8), (byte)(identifier & 255)], await client.ReadPacketAsync());
            }
        }));
        Assert.Equal(Clients * 50, host.Application.Received.Count(message => message.Client == message.Payload));
    }

    [Fact]
    public async Task Tls_works_on_top_of_it()
    {
        using X509Certificate2 certificate = SelfSigned();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IMqttApplication>(new TestApplication()).AddMqttListener();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate)));
        await using WebApplication host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        int port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var secure = new SslStream(
            socket.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) =>
                shown!.GetCertHashString() == certificate.GetCertHashString());
        await secure.AuthenticateAsClientAsync("localhost").WaitAsync(TestHost.Patience, TestContext.Current.CancellationToken);
        byte[] answer = new byte[4];
        await secure.WriteAsync(RawConnection.ConnectV311, TestContext.Current.CancellationToken);
        await secure.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal([0x20, 2, 0, 0], answer);
        // Longer than a record of TLS and than a turn.
        await secure.WriteAsync(
            (byte[])[.. Publish(7, "a/b", new string('x', 60_000)), .. Publish(8, "a/b", new string('y', 60_000))],
            TestContext.Current.CancellationToken);
        await secure.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal([0x40, 2, 0, 7], answer);
        await secure.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal([0x40, 2, 0, 8], answer);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    static byte[] Publish(int identifier, string topic, string payload)
    {
        int length = 2 + topic.Length + 2 + payload.Length;
        byte[] remaining = length < 128 ? [(byte)length] : length < 16_384 ? [(byte)(length % 128 + 128), (byte)(length / 128)]
            : [(byte)(length % 128 + 128), (byte)(length / 128 % 128 + 128), (byte)(length / 16_384)];
        return [0x32, .. remaining, 0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic), (byte)(identifier >> 8),
            (byte)(identifier & 255),
            .. Encoding.ASCII.GetBytes(payload)];
    }
}
