using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>One message: a value of two quantities at one instant.</summary>
sealed record TestMessage(DateTimeOffset Time, double Pm25, double Temperature)
{
    public bool WasSent { get; set; }

    /// <summary>Whether its hour will have been released before it can be stored: then it is acknowledged and counts nowhere.</summary>
    public bool IsLate { get; init; }

    public byte[] Payload { get; } = Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""[{"bt":{{Time.ToUnixTimeSeconds()}},"n":"pm2_5","u":"ug/m3","v":{{Pm25}}},{"n":"temperature","u":"Cel","v":{{Temperature}}}]"""));
}

/// <summary>What a device knows to be in the node: one sum per quantity and hour of what was acknowledged.</summary>
readonly record struct Tally(int Count, double Sum, long LastTime);

/// <summary>
/// A device as MQTT wants it: it keeps what was not acknowledged, and sends it again in the same order, marked DUP, on the next connection
/// (MQTT 5.0, section 4.4).
/// </summary>
sealed class PersistentPublisher(Enrolment device, Func<Task<int>> port) : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly Queue<TestMessage> unacknowledged = new();
    readonly Dictionary<(Quantity, HourWindow), Tally> acknowledged = [];
    MqttClient? client;
    string? refusal;

    public string Name => device.Name;

    /// <summary>Where it connects to, the next time that it does.</summary>
    public Func<Task<int>> Port { get; set; } = port;

    /// <summary>How many messages were sent a second time.</summary>
    public int Redelivered { get; private set; }

    public Dictionary<(Quantity Quantity, HourWindow Window), Tally> Acknowledged
    {
        get
        {
            lock (gate) return new Dictionary<(Quantity, HourWindow), Tally>(acknowledged);
        }
    }

    /// <summary>Forgets what was acknowledged so far.</summary>
    public void Forget()
    {
        lock (gate) acknowledged.Clear();
    }

    /// <summary>Sends messages and returns when each was acknowledged, however many connections that takes.</summary>
    public async Task PublishAsync(IEnumerable<TestMessage> messages, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            foreach (var message in messages) unacknowledged.Enqueue(message);
        }
        while (true)
        {
            try
            {
                var isNew = client is null;
                client ??= await MqttClient.ConnectAsync(
                    device.ClientOptions(await Port()) with { Acknowledged = HandleAcknowledgement, MaximumInFlight = 8 },
                    cancellationToken);
                await SendAsync(client, isNew, cancellationToken);
                await client.DrainAsync(cancellationToken);
                Assert.Null(refusal);
                return;
            }
            catch (Exception exception) when (exception is MqttException or SocketException or TimeoutException)
            {
                await DisposeAsync();
                client = null;
            }
        }
    }

    async Task SendAsync(MqttClient connection, bool isNew, CancellationToken cancellationToken)
    {
        TestMessage[] waiting;
        lock (gate) waiting = [.. unacknowledged];
        // On a connection that has served before, everything older was acknowledged when the last call returned.
        Assert.True(isNew || waiting.All(message => !message.WasSent));
        foreach (var message in waiting)
        {
            if (message.WasSent) Redelivered++;
            var duplicate = message.WasSent;
            message.WasSent = true;
            await connection.PublishAsync(
                device.TopicBytes, message.Payload, 1, duplicate: duplicate, cancellationToken: cancellationToken);
        }
    }

    // Acknowledgements come in the order of the messages (MQTT 5.0, section 4.6), and each connection begins with the oldest.
    void HandleAcknowledgement(ushort identifier, MqttReasonCode reason)
    {
        lock (gate)
        {
            if (reason != MqttReasonCode.Success)
            {
                refusal ??= $"{Name}: the node answered {reason}.";
                return;
            }
            var message = unacknowledged.Dequeue();
            if (message.IsLate) return;
            Count(Quantity.Pm25, message.Time, message.Pm25);
            Count(Quantity.Temperature, message.Time, message.Temperature);
        }
    }

    void Count(Quantity quantity, DateTimeOffset time, double value)
    {
        var key = (quantity, HourWindow.Containing(time));
        var before = acknowledged.GetValueOrDefault(key);
        acknowledged[key] = new Tally(before.Count + 1, before.Sum + value, time.ToUnixTimeMilliseconds());
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not null) await client.DisposeAsync();
    }
}
