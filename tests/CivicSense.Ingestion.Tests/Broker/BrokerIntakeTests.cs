namespace CivicSense.Ingestion.Tests.Broker;

public sealed class BrokerIntakeTests
{
    [Fact]
    public async Task A_reading_is_acknowledged_when_it_is_durable_and_not_before()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        using (await vault.HoldAsync())
        {
            ingest.ReceiveReading("device-1", 0);
            await Ingest.UntilAsync(() => ingest.Room.Contributions.OpenTicket > 1);
            Assert.Empty(ingest.Acknowledged);
        }
        await ingest.AcknowledgedAsync(1);
        Assert.Equal(1, vault.DurableReadings(store.Devices[1].Id));
    }

    [Fact]
    public async Task Messages_are_acknowledged_in_the_order_in_which_they_came_whatever_became_of_them()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        using (await vault.HoldAsync())
        {
            ingest.ReceiveReading("device-1", 0);
            ingest.ReceiveReading("nobody", 0);
            ingest.Receive("civicsense/v1/device-2/readings", "no JSON");
            ingest.ReceiveReading("device-2", 1);
            ingest.ReceiveReading("device-1", 1);
            await Ingest.UntilAsync(() => ingest.Room.Contributions.OpenTicket > 1);
            // A message of no use waits for no commit, but does not overtake either.
            Assert.Empty(ingest.Acknowledged);
        }
        await ingest.AcknowledgedAsync(5);
        Assert.Equal([1, 2, 3, 4, 5], ingest.Acknowledged);
    }

    [Fact]
    public async Task While_the_vault_cannot_be_written_nothing_is_acknowledged()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        vault.IsUnavailable = true;
        for (var i = 0; i < 1000; i++)
            ingest.ReceiveReading("device-1", i / 10.0);
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) >= 2);
        Assert.Empty(ingest.Acknowledged);
        vault.IsUnavailable = false;
        await ingest.AcknowledgedAsync(1000);
        Assert.Equal(Enumerable.Range(1, 1000), ingest.Acknowledged);
        Assert.True(ingest.Flushes < 1000, "Acknowledgements are not sent together.");
    }

    [Fact]
    public async Task Of_a_broker_that_exceeds_the_receive_maximum_no_more_is_read_until_the_surplus_is_durable()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        Task ready;
        using (await vault.HoldAsync())
        {
            for (var i = 0; i < 100; i++)
                ingest.ReceiveReading("device-1", i);
            Assert.True(ReadyAsync(ingest.Intake).IsCompleted);
            ingest.ReceiveReading("device-1", 100);
            ready = ReadyAsync(ingest.Intake);
            await Ingest.UntilAsync(() => ingest.Room.Contributions.OpenTicket > 1);
            Assert.False(ready.IsCompleted);
        }
        await ready.WaitAsync(Ingest.Patience);
    }

    [Fact]
    public async Task A_message_delivered_again_is_counted_once_and_waits_for_what_it_repeats()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        using (await vault.HoldAsync())
        {
            ingest.ReceiveReading("device-1", 0);
            // The connection was lost: what it was owed is forgotten, and comes again.
            ingest.Acknowledgements.Begin(ingest);
            ingest.ReceiveReading("device-1", 0);
            Assert.Empty(ingest.Acknowledged);
        }
        await ingest.AcknowledgedAsync(1);
        Assert.Equal([2], ingest.Acknowledged);
        Assert.Equal((1, 1), (ingest.Room.Statistics.Accepted, ingest.Room.Statistics[ReadingOutcome.Duplicate]));
    }

    [Theory]
    [InlineData("civicsense/v1/device-1/readings", "no JSON", ReadingOutcome.Malformed)]
    [InlineData("civicsense/v1/device-1/readings", """[{"n":"pm2_5","v":-1}]""", ReadingOutcome.OutOfRange)]
    [InlineData("civicsense/v1/device-9/readings", """[{"n":"pm2_5","v":1}]""", ReadingOutcome.UnknownDevice)]
    [InlineData("civicsense/v1//readings", """[{"n":"pm2_5","v":1}]""", ReadingOutcome.UnknownDevice)]
    [InlineData("civicsense/v1/DEVICE-1/readings", """[{"n":"pm2_5","v":1}]""", ReadingOutcome.UnknownDevice)]
    [InlineData("elsewhere/v1/device-1/readings", """[{"n":"pm2_5","v":1}]""", ReadingOutcome.UnknownDevice)]
    public async Task What_is_of_no_use_is_counted_and_acknowledged(string topic, string payload, ReadingOutcome outcome)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Receive(topic, payload);
        await ingest.AcknowledgedAsync(1);
        Assert.Equal((1, 0, 1), (ingest.Room.Statistics.Messages, ingest.Room.Statistics.Accepted, ingest.Room.Statistics[outcome]));
    }

    [Fact]
    public async Task A_payload_over_64_KiB_is_too_large()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Receive("civicsense/v1/device-1/readings", new string(' ', 64 * 1024 + 1));
        await ingest.AcknowledgedAsync(1);
        Assert.Equal(1, ingest.Room.Statistics[ReadingOutcome.TooLarge]);
    }

    [Fact]
    public async Task A_QoS_0_message_counts_and_has_no_acknowledgement()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Receive("civicsense/v1/device-1/readings", """[{"n":"pm2_5","v":1}]""", qualityOfService: 0);
        ingest.ReceiveReading("device-2", 0);
        await ingest.AcknowledgedAsync(1);
        Assert.Equal([2], ingest.Acknowledged);
        Assert.Equal(2, ingest.Room.Statistics.Accepted);
    }

    [Fact]
    public async Task The_device_can_be_named_by_a_user_property()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Intake = ingest.Listen("city/#", "device");
        // MQTT 5.0, section 3.3.2.3.7: identifier 38, then name and value. Before it a message expiry interval and another property.
        ReadOnlySpan<byte> properties = [2, 0, 0, 0, 9, 38, 0, 1, .. "x"u8, 0, 0, 38, 0, 6, .. "device"u8, 0, 8, .. "device-3"u8];
        ingest.Receive("city/air/17", """[{"n":"pm2_5","v":1}]""", properties: properties);
        ingest.Receive("city/air/17", """[{"n":"pm2_5","v":1}]""");
        await ingest.AcknowledgedAsync(2);
        Assert.Equal((1, 1), (ingest.Room.Statistics.Accepted, ingest.Room.Statistics[ReadingOutcome.UnknownDevice]));
        var contribution = Assert.Single(await store.Vault.ReadContributionsAsync(CancellationToken.None));
        Assert.Equal(store.Devices[3].Id, contribution.DeviceId);
    }

    // RFC 8428, section 4.5.3: times below 2^28 are relative to now.
    [Theory]
    [InlineData("""[{"n":"pm2_5","v":1}]""")]
    [InlineData("""[{"n":"pm2_5","v":1,"t":-60}]""")]
    [InlineData("""[{"bt":268435455,"n":"pm2_5","v":1}]""")]
    [InlineData("""{"sensordatavalues":[{"value_type":"SDS_P2","value":"1"}]}""")]
    public async Task What_may_have_waited_in_a_session_counts_only_with_a_time_of_its_own(string untimed)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Intake = ingest.Listen(takesUntimed: false);
        ingest.Receive("civicsense/v1/device-1/readings", untimed);
        ingest.ReceiveReading("device-1", 0);
        await ingest.AcknowledgedAsync(2);
        Assert.Equal((1, 1), (ingest.Room.Statistics.Accepted, ingest.Room.Statistics[ReadingOutcome.Untimed]));
    }

    [Theory]
    [InlineData("""[{"n":"pm2_5","v":1}]""")]
    [InlineData("""{"sensordatavalues":[{"value_type":"SDS_P2","value":"1"}]}""")]
    public async Task Without_a_session_a_reading_without_a_time_counts_at_its_arrival(string untimed)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.Intake = ingest.Listen(takesUntimed: true);
        ingest.Receive("civicsense/v1/device-1/readings", untimed);
        await ingest.AcknowledgedAsync(1);
        Assert.Equal(1, ingest.Room.Statistics.Accepted);
    }

    [Fact]
    public async Task A_node_that_stops_takes_nothing_more_and_leaves_it_unacknowledged()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.ReceiveReading("device-1", 0);
        await ingest.AcknowledgedAsync(1);
        ingest.StopTaking();
        ingest.ReceiveReading("device-1", 1);
        await ingest.Acknowledgements.WaitForAtMostAsync(0, CancellationToken.None).AsTask().WaitAsync(Ingest.Patience);
        Assert.Equal([1], ingest.Acknowledged);
        Assert.Equal(1, ingest.Room.Statistics.Messages);
    }

    static async Task ReadyAsync(BrokerIntake intake) => await intake.ReadyAsync(CancellationToken.None);
}
