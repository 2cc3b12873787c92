using System.Collections.Concurrent;
using CivicSense.Mqtt;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion.Tests.Broker;

public sealed class BrokerConnectionTests
{
    [Fact]
    public async Task Whatever_keeps_it_from_connecting_is_told_by_its_kind_and_does_not_end_the_node()
    {
        var said = await SaysAsync(() => throw new NotSupportedException("words of a message"), "NotSupportedException");
        Assert.DoesNotContain(said, line => line.Contains("words of a message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_that_others_can_read_on_its_way_is_warned_of() =>
        await SaysAsync(() => Options("192.0.2.1"), "The password goes to the broker unencrypted");

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public async Task A_password_that_stays_on_this_machine_is_not(string host)
    {
        // Nobody listens on port 1.
        var said = await SaysAsync(() => Options(host), "No connection to the MQTT server");
        Assert.DoesNotContain(said, line => line.Contains("unencrypted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_one_of_its_loops_fails_the_host_stops_and_has_the_error()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var room = await Ingest.StartAsync(vault);
        var log = new Log();
        using var broker = new BrokerConnection(
            new BrokerOptions { Connection = () => Options("127.0.0.1") }, new BrokerDevices(vault, room.Contributions), room.Commit,
            room.Contributions, new AcceptanceTime(room.Clock, TimeSpan.FromMinutes(10)), room.Statistics, log);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService(_ => broker);
        using var host = builder.Build();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await host.StartAsync(TestContext.Current.CancellationToken);
        // Its loops run once it has tried to connect.
        await Ingest.UntilAsync(() => !log.Lines.IsEmpty);
        Assert.False(stopping.IsCancellationRequested);

        vault.Unexpected = new InvalidOperationException("This is no vault.");

        await Ingest.UntilAsync(() => stopping.IsCancellationRequested);
        Assert.Same(vault.Unexpected, broker.ExecuteTask!.Exception?.InnerException);
    }

    static MqttClientOptions Options(string host) => new() { Host = host, Port = 1, ClientId = "c", UserName = "user", Password = "word" };

    /// <summary>Runs until it has said these words; the answer is all that it said.</summary>
    static async Task<IReadOnlyCollection<string>> SaysAsync(Func<MqttClientOptions> connection, string words)
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var room = await Ingest.StartAsync(store.Vault);
        var log = new Log();
        using var broker = new BrokerConnection(
            new BrokerOptions { Connection = connection }, new BrokerDevices(store.Vault, room.Contributions), room.Commit,
            room.Contributions, new AcceptanceTime(room.Clock, TimeSpan.FromMinutes(10)), room.Statistics, log);
        await broker.StartAsync(CancellationToken.None);
        await Ingest.UntilAsync(() => log.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)));
        Assert.False(broker.ExecuteTask!.IsCompleted);
        await broker.StopAsync(CancellationToken.None);
        return log.Lines;
    }

    sealed class Log : ILogger<BrokerConnection>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
