using System.Text;

namespace CivicSense.Mqtt.Tests.Listener;

public sealed class SessionTests
{
    static readonly byte[] Topic = "private/pm"u8.ToArray();

    [Fact]
    public async Task Acknowledgement_waits_until_the_message_is_durable_and_keeps_the_order()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Application.HoldsBack = true;
        var order = new List<int>();
        await using MqttClient client = await host.ConnectAsync(change: o => o with { Acknowledged = (id, _) => order.Add(id) });
        for (int i = 0; i < 20; i++) await client.PublishAsync(Topic, new byte[] { 1 }, 1);
        await TestHost.UntilAsync(() => host.Application.Received.Count == 20);
        Assert.Equal(0, client.AcknowledgedCount);
        Assert.Equal(0, host.Statistics.MessagesAcknowledged);
        host.Application.Commit(12);
        // An identifier is free only after its acknowledgement was counted.
        await TestHost.UntilAsync(() => client.InFlightCount == 8);
        Assert.Equal(12, client.AcknowledgedCount);
        host.Application.Commit(20);
        await client.DrainAsync().WaitAsync(TestHost.Patience);
        Assert.Equal(Enumerable.Range(1, 20), order);
    }

    [Fact]
    public async Task A_newer_client_that_exceeds_receive_maximum_is_disconnected()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.ReceiveMaximum = 2);
        host.Application.HoldsBack = true;
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        for (byte id = 1; id <= 3; id++) await connection.SendAsync(0x32, 6, 0, 1, (byte)'a', 0, id, 0);
        Assert.Equal("E00193", RawConnection.WithoutReasonString(await connection.ReadToEndAsync()));
        Assert.Equal(2, host.Application.Received.Count);
    }

    [Fact]
    public async Task An_older_client_beyond_the_maximum_is_not_read_from_until_acknowledgements_drain()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.ReceiveMaximum = 2);
        host.Application.HoldsBack = true;
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV311);
        await connection.ReadPacketAsync();
        for (byte id = 1; id <= 5; id++) await connection.SendAsync(0x32, 5, 0, 1, (byte)'a', 0, id);
        for (byte id = 1; id <= 5; id++)
        {
            await TestHost.UntilAsync(() => host.Application.Received.Count == Math.Min(5, id + 1));
            host.Application.Commit(id);
            Assert.Equal([0x40, 2, 0, id], await connection.ReadPacketAsync());
        }
    }

    [Fact]
    public async Task Takeover_by_the_same_identity_closes_the_old_connection()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient old = await host.ConnectAsync();
        await using MqttClient successor = await host.ConnectAsync();
        Assert.Equal(MqttReasonCode.SessionTakenOver, await old.Completion.WaitAsync(TestHost.Patience));
        await successor.PublishAsync(Topic, Topic, 1);
        await successor.DrainAsync().WaitAsync(TestHost.Patience);
        Assert.Single(host.Application.Closed);
    }

    [Fact]
    public async Task Two_identities_may_use_the_same_client_identifier_and_neither_disturbs_the_other()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient owner = await host.ConnectAsync();
        await using MqttClient other = await host.ConnectAsync(change: o => o with { UserName = "other" });
        foreach (MqttClient client in new[] { owner, other })
        {
            await client.PublishAsync(Topic, Topic, 1);
            await client.DrainAsync().WaitAsync(TestHost.Patience);
        }

        Assert.Empty(host.Application.Closed);
    }

    [Fact]
    public async Task One_identity_cannot_use_up_the_connections_that_all_share()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumConnectionsPerIdentity = 2);
        await using MqttClient first = await host.ConnectAsync(change: o => o with { ClientId = "a" });
        MqttClient second = await host.ConnectAsync(change: o => o with { ClientId = "b" });
        MqttException refusal = await Assert.ThrowsAsync<MqttException>(() => host.ConnectAsync(change: o => o with { ClientId = "c" }));
        Assert.Equal(MqttReasonCode.QuotaExceeded, refusal.Reason);
        await using MqttClient other = await host.ConnectAsync(change: o => o with { ClientId = "a", UserName = "other" });

        await second.DisposeAsync();
        await using MqttClient third = await ConnectWhenThereIsRoomAsync(host, "c");
    }

    /// <summary>The listener learns of a closed connection a little later than the client that closed it.</summary>
    static async Task<MqttClient> ConnectWhenThereIsRoomAsync(TestHost host, string clientId)
    {
        while (true)
        {
            try
            {
                return await host.ConnectAsync(clientId);
            }
            catch (MqttException refusal) when (refusal.Reason == MqttReasonCode.QuotaExceeded)
            {
                await Task.Yield();
            }
        }
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V5)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task A_wrong_password_is_refused_with_its_reason(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        MqttException refusal = await Assert.ThrowsAsync<MqttException>(
            () => host.ConnectAsync(change: o => o with { Password = "wrong", Version = version }));
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, refusal.Reason);
        Assert.Equal(1, host.Statistics.ConnectionsRefused(MqttReasonCode.BadUserNameOrPassword));
    }

    [Fact]
    public async Task A_payload_that_is_too_long_is_skipped_and_acknowledged()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.MaximumPayloadSize = 1000);
        await using MqttClient client = await host.ConnectAsync();
        foreach (int length in (int[])[1000, 1001, 300_000, 5]) await client.PublishAsync(Topic, new byte[length], 1);
        await client.DrainAsync().WaitAsync(TestHost.Patience);
        Assert.Equal([(1000, false), (1001, true), (300_000, true), (5, false)],
            host.Application.Received.Select(m => (m.Length, m.Omitted)));
        Assert.Equal(2, host.Statistics.PayloadsOmitted);
    }

    [Fact]
    public async Task Packets_that_arrive_byte_by_byte_are_read()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        foreach (byte next in (byte[])[.. RawConnection.ConnectV5, 0x32, 7, 0, 1, (byte)'a', 0, 9, 0, (byte)'!'])
            await connection.SendAsync(next);
        await connection.ReadPacketAsync();
        Assert.Equal("40020009", Convert.ToHexString(await connection.ReadPacketAsync()));
        Assert.Equal("!", Assert.Single(host.Application.Received).Payload);
    }

    [Fact]
    public async Task Silence_of_one_and_a_half_keep_alives_ends_the_connection()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        host.Time!.Advance(TimeSpan.FromSeconds(89));
        await connection.SendAsync(0xC0, 0);
        Assert.Equal("D000", Convert.ToHexString(await connection.ReadPacketAsync()));
        host.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(1, host.Statistics.ConnectionsOpen);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("E0018D", RawConnection.WithoutReasonString(await connection.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_connection_without_connect_is_closed_at_the_deadline_however_busy_it_is()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(0x10);
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 1);
        host.Time!.Advance(TimeSpan.FromSeconds(9));
        await connection.SendAsync(0x10);
        host.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Empty(await connection.ReadToEndAsync());
        Assert.Equal(1, host.Statistics.ConnectDeadlinesMissed);
    }

    [Fact]
    public async Task Keep_alive_session_expiry_and_identifier_are_answered_as_they_are_in_force()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        // Keep alive 0, Session Expiry Interval 30 days, no client identifier.
        await connection.SendAsync(
            Convert.FromHexString("101200044D5154540502000005110027 8D000000".Replace(" ", "", StringComparison.Ordinal)));
        byte[] answer = await connection.ReadPacketAsync();
        string hex = Convert.ToHexString(answer);
        Assert.StartsWith("20", hex, StringComparison.Ordinal);
        Assert.Equal("0000", hex[4..8]);
        // Receive Maximum, Maximum Packet Size, Topic Alias Maximum, Session Expiry Interval 7 days, Server Keep Alive, identifier.
        Assert.Contains("210400" + "2700100000" + "220010" + "1100093A80" + "1304B0" + "120025", hex, StringComparison.Ordinal);
        Assert.Contains("auto-", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_host_tells_its_clients_after_what_is_durable_has_been_acknowledged()
    {
        TestHost host = await TestHost.StartAsync();
        await using MqttClient client = await host.ConnectAsync();
        await client.PublishAsync(Topic, Topic, 1);
        await client.DrainAsync().WaitAsync(TestHost.Patience);
        await host.DisposeAsync();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, await client.Completion.WaitAsync(TestHost.Patience));
        Assert.Equal(1, client.AcknowledgedCount);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_at_once()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.MaximumConnections = 1);
        await using MqttClient first = await host.ConnectAsync();
        using RawConnection second = await host.OpenAsync();
        Assert.Empty(await second.ReadToEndAsync());
        Assert.Equal(1, host.Statistics.ConnectionsOverLimit);
    }

    [Fact]
    public async Task Limits_out_of_range_stop_the_start_and_are_named()
    {
        var error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => TestHost.StartAsync(o => o.ReceiveMaximum = 0));
        Assert.Contains("ReceiveMaximum is 0; allowed is 1 to 65535", error.Message, StringComparison.Ordinal);
    }
}
