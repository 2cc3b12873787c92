using System.Globalization;
using System.Text;

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

        Assert.Equal(Enumerable.Range(1, 300).SelectMany(i => (byte[])[0x40, 2, (byte)(i >> 8), (byte)i]), acknowledgements);
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
                Assert.Equal([0x40, 2, (byte)(identifier >> 8), (byte)identifier], await client.ReadPacketAsync());
            }
        }));
        Assert.Equal(Clients * 50, host.Application.Received.Count(message => message.Client == message.Payload));
    }

    static byte[] Publish(int identifier, string topic, string payload)
    {
        int length = 2 + topic.Length + 2 + payload.Length;
        byte[] remaining = length < 128 ? [(byte)length] : length < 16_384 ? [(byte)(length % 128 + 128), (byte)(length / 128)]
            : [(byte)(length % 128 + 128), (byte)(length / 128 % 128 + 128), (byte)(length / 16_384)];
        return [0x32, .. remaining, 0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic), (byte)(identifier >> 8), (byte)identifier,
            .. Encoding.ASCII.GetBytes(payload)];
    }
}
