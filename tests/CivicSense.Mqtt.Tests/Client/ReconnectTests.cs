using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>The client that comes back, against the project's own listener and a scripted server.</summary>
public sealed class ReconnectTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Pauses_grow_to_the_maximum_and_are_a_random_part_of_it()
    {
        var options = new MqttReconnectOptions();
        Assert.Equal([1.0, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(1, 8).Select(attempt => options.Pause(attempt, 1).TotalSeconds));
        Assert.Equal(60, options.Pause(10_000, 1).TotalSeconds);
        Assert.Equal(TimeSpan.Zero, options.Pause(5, 0));
        Assert.Equal(8, options.Pause(5, 0.5).TotalSeconds);
    }

    [Fact]
    public async Task A_refusal_that_cannot_heal_ends_it()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using var client = new MqttReconnectingClient(
            new MqttClientOptions { Host = "127.0.0.1", Port = host.Port, UserName = "user", Password = "wrong" });
        Task<MqttReasonCode> publishing = client.PublishConfirmedAsync("a"u8.ToArray(), default, cancellationToken: Cancel);
        var refusal = await Assert.ThrowsAsync<MqttException>(() => client.RunAsync(Cancel).WaitAsync(TestHost.Patience, Cancel));
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, refusal.Reason);
        Assert.Equal(MqttClientState.Ended, client.State);
        await Assert.ThrowsAsync<MqttException>(() => publishing);
        await Assert.ThrowsAsync<MqttException>(
            async () => await client.PublishAsync("a"u8.ToArray(), default, 0, cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_tried_again_after_a_pause()
    {
        var time = new ManualTimeProvider();
        using var server = new ScriptedServer();
        await using var client = new MqttReconnectingClient(server.Options, new MqttReconnectOptions { TimeProvider = time });
        var states = new List<MqttClientState>();
        client.StateChanged = state => { lock (states) states.Add(state); };
        Task running = client.RunAsync(Cancel);
        // CONNACK, Server Busy.
        using (await server.AcceptAsync(Convert.FromHexString("2003008900")))
            await TestHost.UntilAsync(() => client.State == MqttClientState.Waiting);
        Assert.Equal(MqttReasonCode.ServerBusy, Assert.IsType<MqttException>(client.LastFailure).Reason);
        Task<ScriptedServer.ServerSide> accepting = server.AcceptAsync(ScriptedServer.Accepted);
        await TestHost.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return accepting.IsCompleted;
        });
        using (await accepting) await TestHost.UntilAsync(() => client.State == MqttClientState.Connected);
        await client.DisposeAsync();
        await running;
        lock (states)
        {
            Assert.Equal(
                [MqttClientState.Connecting, MqttClientState.Waiting, MqttClientState.Connecting, MqttClientState.Connected],
                states.Take(4));
            Assert.Equal(MqttClientState.Ended, states[^1]);
        }
    }

    [Fact]
    public async Task A_full_keep_makes_publishing_wait_until_something_is_acknowledged()
    {
        using var server = new ScriptedServer();
        await using var client = new MqttReconnectingClient(server.Options, new MqttReconnectOptions { MaximumKeptMessages = 2 });
        await client.PublishAsync("a"u8.ToArray(), "1"u8.ToArray(), 1, cancellationToken: Cancel);
        await client.PublishAsync("a"u8.ToArray(), "2"u8.ToArray(), 1, cancellationToken: Cancel);
        Task<ushort> third = client.PublishAsync("a"u8.ToArray(), "3"u8.ToArray(), 1, cancellationToken: Cancel).AsTask();
        _ = client.RunAsync(Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        Assert.Equal(["32070001610001" + "0031", "32070001610002" + "0032"], [await side.ReadAsync(), await side.ReadAsync()]);
        Assert.False(third.IsCompleted);
        await side.SendAsync("40020001");
        Assert.Equal("32070001610003" + "0033", await side.ReadAsync());
        Assert.Equal(3, await third);
    }

    [Fact]
    public async Task A_session_is_asked_for_under_the_name_the_server_gave()
    {
        using var server = new ScriptedServer();
        await using var client = new MqttReconnectingClient(
            server.Options with { ClientId = "", SessionExpiry = TimeSpan.FromSeconds(9) },
            new MqttReconnectOptions { InitialPause = TimeSpan.FromMilliseconds(1) });
        _ = client.RunAsync(Cancel);
        // Assigned Client Identifier "n1".
        using (await server.AcceptAsync(Convert.FromHexString("20080000051200026E31")))
        {
            await TestHost.UntilAsync(() => client.State == MqttClientState.Connected);
        }

        using ScriptedServer.ServerSide second = await server.AcceptAsync(ScriptedServer.Accepted);
        // Flags 0: the session is to be continued.
        Assert.StartsWith("101900044D5154540500003C", second.Connect, StringComparison.Ordinal);
        Assert.EndsWith("00026E31", second.Connect, StringComparison.Ordinal);
    }

    // UNSUBACK with Success, and with Not Authorized: MQTT 5.0, section 3.11.3.
    [Theory]
    [InlineData("00")]
    [InlineData("87")]
    public async Task A_subscription_of_an_earlier_client_is_ended_once_the_new_one_is_made(string answer)
    {
        using var server = new ScriptedServer();
        await using var client = new MqttReconnectingClient(
            server.Options with { CleanStart = false, SessionExpiry = TimeSpan.FromSeconds(9) });
        client.Subscribe("new", 1);
        client.Unsubscribe("old");
        _ = client.RunAsync(Cancel);
        // CONNACK, Session Present.
        using ScriptedServer.ServerSide side = await server.AcceptAsync(Convert.FromHexString("2003010000"));
        // SUBSCRIBE and SUBACK, UNSUBSCRIBE and UNSUBACK: MQTT 5.0, sections 3.8 to 3.11.
        string subscribe = await side.ReadAsync();
        Assert.EndsWith("00036E657701", subscribe, StringComparison.Ordinal);
        await side.SendAsync($"9004{subscribe[4..8]}0001");
        string unsubscribe = await side.ReadAsync();
        Assert.EndsWith("00036F6C64", unsubscribe, StringComparison.Ordinal);
        Assert.StartsWith("A2", unsubscribe, StringComparison.Ordinal);
        await side.SendAsync($"B004{unsubscribe[4..8]}00{answer}");
        await TestHost.UntilAsync(() => client.State == MqttClientState.Connected);
    }

    [Fact]
    public async Task A_server_that_gives_less_than_was_asked_for_is_told_of_once_each()
    {
        var log = new ListLogger();
        using var server = new ScriptedServer();
        await using var client = new MqttReconnectingClient(
            server.Options with { SessionExpiry = TimeSpan.FromHours(1) },
            new MqttReconnectOptions { InitialPause = TimeSpan.FromMilliseconds(1) }, log);
        client.Subscribe("a", 1);
        _ = client.RunAsync(Cancel);
        for (int connections = 0; connections < 2; connections++)
        {
            // CONNACK with Session Expiry Interval 60, MQTT 5.0 section 3.2.2.3.2; then SUBACK with QoS 0.
            using ScriptedServer.ServerSide side = await server.AcceptAsync(Convert.FromHexString("2008000005110000003C"));
            string subscribe = await side.ReadAsync();
            await side.SendAsync($"9004{subscribe[4..8]}0000");
            await TestHost.UntilAsync(() => client.State == MqttClientState.Connected);
        }

        await client.DisposeAsync();
        Assert.Single(log.Lines, line => line.Contains("granted a subscription QoS 0, not 1", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("keeps the session for 60 seconds, not for 3600", StringComparison.Ordinal));
    }

    sealed class ListLogger : ILogger
    {
        readonly ConcurrentQueue<string> lines = new();

        public IEnumerable<string> Lines => lines;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception));
    }
}
