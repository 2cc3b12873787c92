using System.Globalization;
using System.Security.Cryptography;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using CivicSense.Storage;
using CivicSense.Tests;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>A real Mosquitto, sensors that are enrolled, and a node that is told to take their readings from there.</summary>
sealed class BrokerScene : IAsyncDisposable
{
    // All values lie in one hour of event time, so that every contribution is still in the vault at the end.
    static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    readonly string[] names;

    BrokerScene(MosquittoBroker mosquitto, int sensors, Func<string, MqttClientOptions>? connection)
    {
        Mosquitto = mosquitto;
        names = [.. Enumerable.Range(0, sensors).Select(i => string.Create(CultureInfo.InvariantCulture, $"sensor-{i}"))];
        Sensors = new Sensors(
            connection ?? (name => new MqttClientOptions { Host = "127.0.0.1", Port = mosquitto.Port, ClientId = name }), names, Start);
    }

    public MosquittoBroker Mosquitto { get; }

    public TemporaryFolder Folder { get; } = new();

    public Sensors Sensors { get; }

    public string Configuration { get; private set; } = "";

    public NodeProcess? Node { get; private set; }

    /// <summary>Starts the broker and enrols the sensors; the node is not yet running.</summary>
    public static async Task<BrokerScene> SetAsync(
        MosquittoSettings? settings = null, int sensors = 10, Func<MosquittoBroker, Func<string, MqttClientOptions>>? connection = null)
    {
        var mosquitto = await MosquittoBroker.StartAsync(settings);
        var scene = new BrokerScene(mosquitto, sensors, connection?.Invoke(mosquitto));
        Directory.CreateDirectory(scene.Folder.File("data"));
        await using var database = scene.Open();
        await database.Vault.EnrolAsync(
            [.. scene.names.Select(
                name => new EnrolmentRequest(name, name, Area.FromPosition(52.09, 5.12), RandomNumberGenerator.GetBytes(32)))],
            TestContext.Current.CancellationToken);
        return scene;
    }

    /// <summary>Writes the configuration: the broker's address and further members of <c>broker</c>.</summary>
    public void Configure(string more = "", int? port = null, string scheme = "mqtt") =>
        Configuration = Folder.Write("civicsense.json", $$"""
        {
          "http": { "address": "127.0.0.1", "port": 0 },
          "mqtt": { "enabled": false },
          "clock": "event",
          "eventStart": "{{Start:yyyy-MM-ddTHH:mm:ssZ}}",
          "broker": { "address": "{{scheme}}://127.0.0.1:{{port ?? Mosquitto.Port}}", {{more}} }
        }
        """);

    public async Task RunNodeAsync() => Node = await NodeProcess.RunNodeAsync(Configuration);

    /// <summary>Runs a node, and waits until it has subscribed.</summary>
    public async Task RunSubscribedNodeAsync()
    {
        await RunNodeAsync();
        await NodeSaysAsync("Connected to the MQTT server");
    }

    public async Task KillNodeAsync()
    {
        await Node!.KillAsync();
        await Node.DisposeAsync();
        Node = null;
    }

    /// <summary>Waits until the node has logged these words so many times.</summary>
    public Task NodeSaysAsync(string words, int times = 1) => UntilAsync(
        () => Task.FromResult(Node!.Errors.Split(words).Length > times), () => $"The node never said '{words}':\n{Node!.Errors}");

    /// <summary>
    /// Waits until the vault holds everything that the broker has acknowledged; stops the node; then there must not be more.
    /// </summary>
    public async Task AssertNothingLostNothingTwiceAsync()
    {
        await UntilAsync(
            async () => await CountAsync() >= Sensors.Total, () => $"Readings were lost: {Sensors.Total} were sent.\n{Node!.Errors}");
        Node!.Signal("TERM");
        var end = await Node.ExitAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        var expected = Sensors.Acknowledged.OrderBy(sensor => sensor.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(expected, await StoredAsync());
    }

    public async Task<int> CountAsync() => (await StoredAsync()).Sum(sensor => sensor.Count);

    async Task<List<(string Name, int Count, double Sum)>> StoredAsync()
    {
        await using var database = Open();
        var devices = (await database.Vault.ReadDevicesAsync(TestContext.Current.CancellationToken)).ToDictionary(device => device.Id);
        return [.. (await database.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken))
            .Select(contribution => (devices[contribution.DeviceId].Name, contribution.Count, contribution.Sum))
            .OrderBy(sensor => sensor.Name, StringComparer.Ordinal)];
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var patience = new CancellationTokenSource(NodeProcess.Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested) Assert.Fail(otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Beside the node, as the commands do.</summary>
    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Database, RunsNode = false }, TimeProvider.System, NullLogger.Instance);

    public string Database => Path.Combine(Folder.File("data"), "civicsense.db");

    public async ValueTask DisposeAsync()
    {
        if (Node is not null) await Node.DisposeAsync();
        await Mosquitto.DisposeAsync();
        Folder.Dispose();
    }
}
