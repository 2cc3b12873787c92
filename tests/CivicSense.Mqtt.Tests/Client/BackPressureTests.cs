using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>What happens when a client is slower than its server.</summary>
public sealed class BackPressureTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_full_queue_stops_the_reading_and_loses_nothing(byte qualityOfService)
    {
        const int count = 500;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var options = new MqttClientOptions { Host = "127.0.0.1", Port = broker.Port };
        await using MqttClient slow = await MqttClient.ConnectAsync(options with { MaximumQueuedMessages = 5 }, Cancel);
        await slow.SubscribeAsync("a", qualityOfService, Cancel);
        await using MqttClient fast = await MqttClient.ConnectAsync(options, Cancel);
        for (int i = 0; i < count; i++)
            await fast.PublishAsync("a"u8.ToArray(), Encoding.UTF8.GetBytes($"{i}"), qualityOfService, cancellationToken: Cancel);
        await fast.DrainAsync(Cancel);
        await TestHost.UntilAsync(() => slow.Messages.Count == 5);
        for (int i = 0; i < count; i++)
        {
            Assert.InRange(slow.Messages.Count, 0, 5);
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await slow.Messages.ReadAsync(Cancel)).Payload.Span));
        }
    }

    [Fact]
    public async Task A_handler_that_is_not_ready_is_given_nothing_more()
    {
        var handler = new GatedHandler();
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(server.Options with { Handler = handler }, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        await side.SendAsync("3005000161" + "0031");
        await TestHost.UntilAsync(() => handler.Asked > 0 && handler.Count == 1);
        await side.SendAsync("3005000161" + "0032");
        Assert.Equal(1, handler.Count);
        handler.Gate.SetResult();
        await TestHost.UntilAsync(() => handler.Count == 2);
    }

    [Fact]
    public async Task A_client_that_does_not_read_does_not_take_its_server_for_dead()
    {
        var time = new ManualTimeProvider();
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(
            server.Options with { MaximumQueuedMessages = 1, KeepAlive = TimeSpan.FromSeconds(100), TimeProvider = time }, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        await side.SendAsync("32070001610001" + "0031" + "32070001610002" + "0032");
        // Sent when the first is queued; the second then waits for room.
        Assert.Equal("40020001", await side.ReadAsync());
        await TestHost.UntilAsync(() => client.IsHeld);
        time.Advance(TimeSpan.FromSeconds(1000));
        Assert.False(client.Completion.IsCompleted);
        Assert.Equal("C000", await side.ReadAsync());
        Assert.True(client.Messages.TryRead(out _));
        for (string packet = "C000"; packet == "C000"; packet = await side.ReadAsync()) Assert.NotEmpty(packet);
        Assert.True(client.Messages.TryRead(out _));
    }

    sealed class GatedHandler : IMqttMessageHandler
    {
        int asked;

        public int Asked => Volatile.Read(ref asked);

        public int Count { get; private set; }

        public TaskCompletionSource Gate { get; } = new();

        public void Handle(in MqttInboundMessage message) => Count++;

        public ValueTask ReadyAsync(CancellationToken cancellationToken)
        {
            if (Count == 0) return ValueTask.CompletedTask;
            Interlocked.Increment(ref asked);
            return new ValueTask(Gate.Task.WaitAsync(cancellationToken));
        }
    }
}
