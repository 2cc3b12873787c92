using System.Text;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Broker;

/// <summary>The room as it is with a broker, without the connection: a test hands in messages and sees what is acknowledged.</summary>
sealed class BrokerIngest : IAsyncDisposable, IAcknowledgementSink
{
    readonly CancellationTokenSource stopping = new();
    readonly Lock sync = new();
    readonly List<MqttAcknowledgementToken> acknowledged = [];
    Task sending = Task.CompletedTask;
    int last;

    BrokerIngest(Ingest room, IVault vault)
    {
        Room = room;
        Devices = new BrokerDevices(vault, room.Contributions);
        Acknowledgements = new BrokerAcknowledgements(room.Commit);
        Intake = Listen();
    }

    public Ingest Room { get; }

    public BrokerDevices Devices { get; }

    public BrokerAcknowledgements Acknowledgements { get; }

    public BrokerIntake Intake { get; set; }

    public IReadOnlyList<int> Acknowledged
    {
        get
        {
            lock (sync) return [.. acknowledged.Select(token => (int)token.PacketIdentifier)];
        }
    }

    public int Flushes { get; private set; }

    public static async Task<BrokerIngest> StartAsync(IVault vault)
    {
        var ingest = new BrokerIngest(await Ingest.StartAsync(vault), vault);
        await ingest.Devices.RefreshAsync(CancellationToken.None);
        ingest.Acknowledgements.Begin(ingest);
        ingest.sending = ingest.Acknowledgements.RunAsync(ingest.stopping.Token);
        return ingest;
    }

    public BrokerIntake Listen(string topic = "civicsense/v1/+/readings", string? property = null, bool takesUntimed = true) => new(
        new DeviceNames(topic, property), Devices, Acknowledgements, Room.Contributions,
        new AcceptanceTime(Room.Clock, TimeSpan.FromMinutes(10)),
        Room.Statistics, receiveMaximum: 100, takesUntimed, stopping.Token);

    /// <summary>Hands in a message; its packet identifier is one more than the last.</summary>
    public int Receive(string topic, string payload, byte qualityOfService = 1, ReadOnlySpan<byte> properties = default)
    {
        Intake.Handle(new MqttInboundMessage
        {
            Topic = Encoding.UTF8.GetBytes(topic), Payload = Encoding.UTF8.GetBytes(payload), Properties = properties,
            QualityOfService = qualityOfService, Token = new MqttAcknowledgementToken(1, last, (ushort)++last),
        });
        return last;
    }

    /// <summary>A reading of a device's PM2.5, some seconds after the clock's time.</summary>
    public int ReceiveReading(string device, double seconds, double value = 7.5) => Receive(
        $"civicsense/v1/{device}/readings",
        FormattableString.Invariant($$"""[{"n":"pm2_5","v":{{value}},"t":{{Room.Clock.Milliseconds / 1000.0 + seconds}}}]"""));

    public Task AcknowledgedAsync(int messages) => Ingest.UntilAsync(() => Acknowledged.Count >= messages);

    public void Acknowledge(MqttAcknowledgementToken token)
    {
        lock (sync) acknowledged.Add(token);
    }

    public void Flush() => Flushes++;

    public void StopTaking() => stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await sending.ContinueWith(static _ => { }, TaskScheduler.Default);
        await Room.DisposeAsync();
        Acknowledgements.Dispose();
        stopping.Dispose();
    }
}
