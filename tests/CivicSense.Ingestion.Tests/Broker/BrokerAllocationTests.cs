using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Broker;

public sealed class BrokerAllocationTests : IAcknowledgementSink
{
    const int Messages = 20_000, DeviceCount = 100;

    readonly ManualClock clock = new();
    readonly CommitBatch batch = new();

    long acknowledged;

    [Theory]
    [InlineData(null)]
    [InlineData("device")]
    public async Task A_message_of_a_known_device_allocates_nothing(string? property)
    {
        await using var store = await TemporaryVault.CreateAsync(DeviceCount);
        var statistics = new IngestionStatistics();
        var acceptance = new AcceptanceTime(clock, TimeSpan.FromMinutes(10));
        var contributions = new OpenContributions(acceptance, statistics);
        var durability = new AllDurable();
        using var acknowledgements = new BrokerAcknowledgements(durability);
        acknowledgements.Begin(this);
        var devices = new BrokerDevices(store.Vault, contributions);
        await devices.RefreshAsync(CancellationToken.None);
        var intake = new BrokerIntake(
            new DeviceNames("civicsense/v1/+/readings", property), devices, acknowledgements, contributions, acceptance, statistics,
            receiveMaximum: 1000, takesUntimed: false, CancellationToken.None);
        var topics = store.Devices.Select(device => Encoding.UTF8.GetBytes($"civicsense/v1/{device.Name}/readings")).ToArray();
        var properties = store.Devices.Select(device => (byte[])
            [38, 0, 6, .. "device"u8, 0, (byte)device.Name.Length, .. Encoding.UTF8.GetBytes(device.Name)]).ToArray();
        var payload = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""[{"bt":{{clock.Milliseconds / 1000}},"n":"pm2_5","u":"ug/m3","v":7.4},{"n":"pm10","v":12.25}]"""));

        // Long enough for the code to reach its optimised form; what the runtime allocates on the way is not counted.
        HandleAll();
        HandleAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        HandleAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((3 * Messages, 6 * Messages), (acknowledged, statistics.Accepted));

        void HandleAll()
        {
            var time = payload.AsSpan(payload.AsSpan().IndexOf("bt"u8) + 4, 10);
            for (var i = 0; i < Messages; i++)
            {
                if (i % DeviceCount == 0)
                    clock.Milliseconds += 1000;
                Utf8Formatter.TryFormat(clock.Milliseconds / 1000, time, out _);
                intake.Handle(new MqttInboundMessage
                {
                    Topic = topics[i % DeviceCount], Payload = payload, Properties = properties[i % DeviceCount], QualityOfService = 1,
                    Token = new MqttAcknowledgementToken(1, i, (ushort)(1 + i % 60_000)),
                });
                if (i % 200 == 199)
                {
                    contributions.TakeChanges(batch, out _);
                    batch.Clear();
                    acknowledgements.SendDue();
                }
            }
        }
    }

    void IAcknowledgementSink.Acknowledge(MqttAcknowledgementToken token) => acknowledged++;

    void IAcknowledgementSink.Flush()
    {
    }

    sealed class AllDurable : IMqttDurability
    {
        public long DurableTicket => long.MaxValue;

        public ValueTask WaitAsync(long ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
