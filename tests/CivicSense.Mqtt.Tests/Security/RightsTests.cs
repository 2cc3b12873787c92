using System.Text;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Pitfalls 4, 6 to 8, 16, 17 and 22 of docs/security-mqtt.md: who may do what, and what others hear of it.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task Pitfall_04_a_wildcard_shows_nothing_that_may_not_be_received()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.Application.MayReceive = static (_, topic) => topic != "open/private";
        using RawConnection reader = await host.ConnectAsync("reader");
        await reader.SendAsync(PacketBuilder.SubscribeV5(1, ("#", 0), ("$share/g/#", 0)));
        await reader.ReadPacketAsync();
        host.Publisher.Publish("open/private", "secret"u8, retain: true);
        host.Publisher.Publish("$SYS/internal", "secret"u8, retain: true);
        host.Publisher.Publish("open/last", "public"u8, retain: false);
        string heard = await ReadUntilLastAsync(reader);
        Assert.Contains("public", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", heard, StringComparison.Ordinal);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_04_a_filter_that_may_not_be_subscribed_is_refused_also_when_shared()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.Application.MaySubscribe = static (_, filter) => filter == "open/#";
        using RawConnection reader = await host.ConnectAsync("reader");
        await reader.SendAsync(
            PacketBuilder.SubscribeV5(1, ("#", 0), ("+/private", 0), ("$share/g/#", 0), ("open/#", 0), ("$share/g/open/#", 0)));
        Assert.Equal("9008000100" + "8787870000", Convert.ToHexString(await reader.ReadPacketAsync()));
    }

    [Fact]
    public async Task Pitfall_06_settings_that_cannot_be_meant_stop_the_start()
    {
        foreach (Action<MqttListenerOptions> mistake in (Action<MqttListenerOptions>[])
        [
            options => options.MaximumConnections = 0,
            options => options.MaximumPacketSize = -1,
            options => options.MaximumConnectionsPerAddress = 0,
            options => options.MaximumUnauthenticatedBytes = -1,
            options => options.MaximumSessionExpiry = TimeSpan.FromDays(-1),
            options => options.PublishRate = double.NaN,
        ])
        {
            await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => AttackedHost.StartAsync(mistake));
        }
    }

    [Fact]
    public async Task Pitfall_07_rights_that_are_gone_hold_for_subscriptions_retained_and_queued_messages()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] expiry = PacketBuilder.Property(MqttProperty.SessionExpiryInterval, PacketBuilder.UInt32(1000));
        using (RawConnection before = await host.ConnectAsync("reader", expiry))
        {
            await before.SendAsync(PacketBuilder.SubscribeV5(1, ("open/#", 1)));
            await before.ReadPacketAsync();
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        using RawConnection publisher = await host.ConnectAsync("publisher");
        await publisher.SendAsync(PacketBuilder.PublishV5(1, "open/a", 1, "secret"u8.ToArray()));
        await publisher.ReadPacketAsync();
        host.Publisher.Publish("open/retained", "secret"u8, retain: true);
        host.Application.MayReceive = static (_, topic) => topic == "open/last";

        using RawConnection reader = await host.OpenAsync();
        byte[] resume = PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 0], PacketBuilder.UInt16(60), PacketBuilder.Properties(expiry),
            PacketBuilder.Text("reader"));
        await reader.SendAsync(resume);
        Assert.Equal(1, (await reader.ReadPacketAsync())[2]);
        await reader.SendAsync(PacketBuilder.SubscribeV5(2, ("open/retained", 1)));
        host.Publisher.Publish("open/live", "secret"u8, retain: false);
        await publisher.SendAsync(PacketBuilder.PublishV5(1, "open/live", 2, "secret"u8.ToArray()));
        await publisher.ReadPacketAsync();
        host.Publisher.Publish("open/last", "public"u8, retain: false);
        string heard = await ReadUntilLastAsync(reader);
        Assert.DoesNotContain("secret", heard, StringComparison.Ordinal);
        Assert.True(host.Statistics.Dropped(MqttDropReason.NotAuthorized) >= 3);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_08_only_the_same_identity_takes_a_client_identifier_over_and_the_old_one_hears_it_once()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection victim = await host.ConnectAsync(FloodTests.AsUser("alice", "sensor"));
        using RawConnection mallory = await host.ConnectAsync(FloodTests.AsUser("mallory", "sensor"));
        await victim.SendAsync(0xC0, 0);
        Assert.Equal("D000", Convert.ToHexString(await victim.ReadPacketAsync()));
        Assert.Empty(host.Application.Closed);

        using RawConnection second = await host.ConnectAsync(FloodTests.AsUser("alice", "sensor"));
        Assert.Equal("E0018E", RawConnection.WithoutReasonString(await victim.ReadToEndAsync()));
        Assert.Single(host.Application.Closed);
        await mallory.SendAsync(0xC0, 0);
        Assert.Equal("D000", Convert.ToHexString(await mallory.ReadPacketAsync()));
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_08_a_stranger_neither_takes_over_nor_resumes_another_identitys_session()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] expiry = PacketBuilder.Property(MqttProperty.SessionExpiryInterval, PacketBuilder.UInt32(1000));
        using RawConnection alice = await host.ConnectAsync(FloodTests.AsUser("alice", "sensor", 0xC2, expiry));
        using RawConnection mallory = await host.OpenAsync();
        await mallory.SendAsync(FloodTests.AsUser("mallory", "sensor", 0xC0, expiry));
        Assert.Equal(0, (await mallory.ReadPacketAsync())[2]);
        Assert.Equal(2, host.Statistics.Sessions);
    }

    [Fact]
    public async Task Pitfall_16_an_unknown_user_and_a_wrong_password_get_the_same_bytes()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        var answers = new List<string>();
        foreach ((string user, string password) in new[] { ("alice", "wrong"), ("nobody", "secret2"), ("", "") })
        {
            using RawConnection stranger = await host.OpenAsync();
            await stranger.SendAsync(PacketBuilder.Packet(
                MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 0xC2], PacketBuilder.UInt16(60), [0],
                PacketBuilder.Text("c"), PacketBuilder.Text(user), PacketBuilder.Text(password)));
            byte[] answer = await stranger.ReadToEndAsync();
            Assert.Equal("2003008600", RawConnection.WithoutReasonString(answer));
            answers.Add(Convert.ToHexString(answer));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(3, host.Statistics.ConnectionsRefused(MqttReasonCode.BadUserNameOrPassword));
    }

    [Theory]
    [InlineData("$SYS/fake", true)]
    [InlineData("a/#", true)]
    [InlineData("forbidden/a", false)]
    public async Task Pitfall_17_a_will_is_no_way_around_the_rights(string topic, bool isRefusedAtOnce)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        host.Application.MayPublish = static (_, published) => !published.StartsWith("forbidden", StringComparison.Ordinal);
        using RawConnection reader = await host.ConnectAsync("reader");
        await reader.SendAsync(PacketBuilder.SubscribeV5(1, ("#", 0), ("$SYS/#", 0)));
        await reader.ReadPacketAsync();
        byte[] connect = PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 6], PacketBuilder.UInt16(60), [0], PacketBuilder.Text("dying"),
            [0], PacketBuilder.Text(topic), PacketBuilder.Text("secret"));
        using (RawConnection dying = await host.OpenAsync())
        {
            await dying.SendAsync(connect);
            byte[] answer = await dying.ReadPacketAsync();
            Assert.Equal(isRefusedAtOnce ? 0x90 : 0, answer[3]);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 1);
        host.Publisher.Publish("open/last", "public"u8, retain: false);
        Assert.DoesNotContain("secret", await ReadUntilLastAsync(reader), StringComparison.Ordinal);
        Assert.Empty(host.Application.Published);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_22_nothing_that_a_client_says_is_logged()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        const string mark = "marker\r\n[ERROR] forged\u001b[31m";
        using (RawConnection refused = await host.OpenAsync())
        {
            await refused.SendAsync(PacketBuilder.Packet(
                MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 0xC2], PacketBuilder.UInt16(60), [0],
                PacketBuilder.Text(mark), PacketBuilder.Text(mark), PacketBuilder.Text(mark)));
            await refused.ReadToEndAsync();
        }

        using (RawConnection client = await host.ConnectAsync(FloodTests.AsUser("marker user", mark)))
        {
            await client.SendAsync(PacketBuilder.SubscribeV5(1, (mark, 0)));
            await client.ReadPacketAsync();
            await client.SendAsync([.. PacketBuilder.PublishV5(0, "open/" + mark, 0, Encoding.UTF8.GetBytes(mark)), 0]);
            await client.ReadToEndAsync();
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0 && host.Log.Count >= 2);
        Assert.DoesNotContain(
            host.Log, line => line.Contains("marker", StringComparison.Ordinal) || line.Contains("127.0.0", StringComparison.Ordinal));
    }

    /// <summary>All that comes up to the message on "open/last".</summary>
    static async Task<string> ReadUntilLastAsync(RawConnection reader)
    {
        var heard = new StringBuilder();
        while (!heard.ToString().Contains("open/last", StringComparison.Ordinal))
        {
            byte[] packet = await reader.ReadPacketAsync();
            Assert.NotEmpty(packet);
            heard.Append(Encoding.Latin1.GetString(packet));
        }

        return heard.ToString();
    }
}
