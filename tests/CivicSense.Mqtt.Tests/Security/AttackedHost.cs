using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>The real listener behind a real socket, with a clock that only moves when it is told to, and everything it logs.</summary>
sealed class AttackedHost : IAsyncDisposable
{
    readonly WebApplication host;
    readonly int port;

    AttackedHost(WebApplication host, GuardedApplication application, ManualTimeProvider time, ConcurrentQueue<string> log)
    {
        (this.host, Application, Time, Log) = (host, application, time, log);
        string address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        port = new Uri(address).Port;
    }

    public GuardedApplication Application { get; }

    public ManualTimeProvider Time { get; }

    public ConcurrentQueue<string> Log { get; }

    public MqttListenerStatistics Statistics => host.Services.GetRequiredService<MqttListenerStatistics>();

    public IMqttPublisher Publisher => host.Services.GetRequiredService<IMqttPublisher>();

    public static async Task<AttackedHost> StartAsync(Action<MqttListenerOptions>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var log = new ConcurrentQueue<string>();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new LogCapture(log));
        (var application, var time) = (new GuardedApplication(), new ManualTimeProvider());
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<IMqttApplication>(application).AddMqttListener(configure);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0));
        WebApplication built = builder.Build();
        await built.StartAsync();
        return new AttackedHost(built, application, time, log);
    }

    /// <summary>A network connection that has said nothing yet.</summary>
    /// <param name="from">The last number of the address 127.0.0.x it comes from.</param>
    public async Task<RawConnection> OpenAsync(byte from = 1) => new(await OpenSocketAsync(from));

    public async Task<Socket> OpenSocketAsync(byte from = 1)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, from]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>A client that has been let in.</summary>
    public async Task<RawConnection> ConnectAsync(byte[] connect, byte from = 1)
    {
        RawConnection connection = await OpenAsync(from);
        await connection.SendAsync(connect);
        byte[] answer = await connection.ReadPacketAsync();
        Assert.True(answer is [0x20, _, _, 0, ..], Convert.ToHexString(answer));
        return connection;
    }

    /// <summary>MQTT 5.0, identified by its name.</summary>
    public Task<RawConnection> ConnectAsync(string clientId, params byte[][] properties) =>
        ConnectAsync(PacketBuilder.ConnectV5(clientId, properties));

    /// <summary>Somebody else, from elsewhere, connects and has a message acknowledged.</summary>
    public async Task AssertOthersAreServedAsync()
    {
        using RawConnection other = await ConnectAsync(PacketBuilder.ConnectV5("somebody-else"), from: 99);
        await other.SendAsync(PacketBuilder.PublishV5(1, "readings/other", 7, [1]));
        Assert.Equal("40020007", Convert.ToHexString(await other.ReadPacketAsync()));
        await other.SendAsync(PacketBuilder.Packet(MqttPacketType.Disconnect, 0));
        await other.ReadToEndAsync();
    }

    /// <summary>What a client of MQTT 5.0 is told at the end, and that it was counted: DISCONNECT with this reason, then nothing.</summary>
    public async Task AssertDisconnectedAsync(RawConnection connection, MqttReasonCode reason, string what = "")
    {
        Assert.Equal((what, $"E001{(int)reason:X2}"), (what, RawConnection.WithoutReasonString(await connection.ReadToEndAsync())));
        Assert.True(Statistics.ProtocolErrors(reason) > 0, $"{what}: not counted");
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    sealed class LogCapture(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("CivicSense", StringComparison.Ordinal)
                ? this
                : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
