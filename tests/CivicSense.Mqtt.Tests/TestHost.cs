using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Tests;

/// <summary>A real Kestrel on a free port of the loopback interface, with the listener and a <see cref="TestApplication"/>.</summary>
sealed class TestHost : IAsyncDisposable
{
    readonly WebApplication host;

    TestHost(WebApplication host, TestApplication application, ManualTimeProvider? time) =>
        (this.host, Application, Time) = (host, application, time);

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public TestApplication Application { get; }

    public ManualTimeProvider? Time { get; }

    public int Port { get; private set; }

    public MqttListenerStatistics Statistics => host.Services.GetRequiredService<MqttListenerStatistics>();

    public IMqttPublisher Publisher => host.Services.GetRequiredService<IMqttPublisher>();

    public static async Task<TestHost> StartAsync(
        Action<MqttListenerOptions>? configure = null, bool manualTime = false, IMqttSessionStore? store = null,
        Action<TestApplication>? prepare = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var application = new TestApplication();
        prepare?.Invoke(application);
        ManualTimeProvider? time = manualTime ? new ManualTimeProvider() : null;
        if (time is not null) builder.Services.AddSingleton<TimeProvider>(time);
        if (store is not null) builder.Services.AddSingleton(store);
        builder.Services.AddSingleton<IMqttApplication>(application).AddMqttListener(configure);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0));
        var test = new TestHost(builder.Build(), application, time);
        await test.host.StartAsync();
        string address = test.host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        test.Port = new Uri(address).Port;
        return test;
    }

    public Task<MqttClient> ConnectAsync(string clientId = "sensor", Func<MqttClientOptions, MqttClientOptions>? change = null)
    {
        var options = new MqttClientOptions { Host = "127.0.0.1", Port = Port, ClientId = clientId, UserName = "user",
            Password = "secret" };
        return MqttClient.ConnectAsync(change is null ? options : change(options), TestContext.Current.CancellationToken);
    }

    public async Task<RawConnection> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new RawConnection(socket);
    }

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
    }

    /// <summary>Waits until something that happens on other threads has happened; the clock is only there to give up.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "It did not happen in time.");
            await Task.Yield();
        }
    }
}

/// <summary>A socket for bytes that no client would send.</summary>
sealed class RawConnection(Socket socket) : IDisposable
{
    public static byte[] ConnectV5 { get; } = Convert.FromHexString("101000044D5154540502003C000003726177");

    public static byte[] ConnectV311 { get; } = Convert.FromHexString("100F00044D5154540402003C0003726177");

    public Task SendAsync(params byte[] bytes) => socket.SendAsync(bytes).WaitAsync(TestHost.Patience);

    public async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(have)).AsTask().WaitAsync(TestHost.Patience);
            if (read == 0) return bytes[..have];
            have += read;
        }

        return bytes;
    }

    public async Task<byte[]> ReadPacketAsync()
    {
        byte[] header = await ReadAsync(2);
        return header.Length < 2 ? header : [.. header, .. await ReadAsync(header[1])];
    }

    /// <summary>Everything up to the server's end of the connection.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        var all = new List<byte>();
        byte[] buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(TestHost.Patience) is > 0
                and var read) all.AddRange(buffer[..read]);
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }

        return [.. all];
    }

    /// <summary>
    /// In hexadecimal a CONNACK or DISCONNECT as it would be without the sentence for people, which must be its only property.
    /// </summary>
    public static string WithoutReasonString(byte[] packet)
    {
        int properties = packet is [0x20, ..] ? 4 : 3;
        if (packet.Length <= properties || packet[properties] == 0) return Convert.ToHexString(packet);
        Assert.Equal(
            (packet.Length - 2, packet.Length - properties - 1, 0x1F, packet.Length - properties - 4),
            (packet[1], packet[properties], packet[properties + 1], (packet[properties + 2] << 8) + packet[properties + 3]));
        byte[] plain = properties == 4 ? [0x20, 3, packet[2], packet[3], 0] : [0xE0, 1, packet[2]];
        return Convert.ToHexString(plain);
    }

    public void Dispose() => socket.Dispose();
}

/// <summary>What an application does that takes everything: private topics are consumed, those under "open/" are routed.</summary>
sealed class TestApplication : IMqttApplication, IMqttDurability
{
    readonly Lock gate = new();
    readonly List<(long Ticket, TaskCompletionSource Reached)> waiting = [];
    long lastTicket;
    long durable;
    long revocations;

    public ConcurrentQueue<(string Client, string Topic, string Payload, int Length, bool Omitted)> Received { get; } = [];

    public ConcurrentQueue<string> Closed { get; } = [];

    /// <summary>By identity the topic that it may not be given, whatever it has subscribed to.</summary>
    public ConcurrentDictionary<string, string> Withheld { get; } = [];

    public MqttSessionLimits Limits { get; set; } = MqttSessionLimits.Default;

    /// <summary>Whether tickets become durable only through <see cref="Commit"/>.</summary>
    public bool HoldsBack { get; set; }

    public IMqttDurability Durability => this;

    public long DurableTicket => HoldsBack ? Interlocked.Read(ref durable) : long.MaxValue;

    public ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken)
    {
        bool isRight = request.Password.Span.SequenceEqual("secret"u8) || request.UserName is null;
        return ValueTask.FromResult(isRight
            ? MqttConnectDecision.Accept(new Session(this, request.ClientId, request.UserName ?? "anonymous"))
            : MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword));
    }

    /// <summary>Takes the right to be here from everybody who has been let in so far.</summary>
    public void RevokeAll() => Interlocked.Increment(ref revocations);

    /// <summary>Who is enrolled no more.</summary>
    public ConcurrentDictionary<string, bool> Gone { get; } = [];

    public ValueTask<IMqttSession?> FindAbsentAsync(string identity, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IMqttSession?>(Gone.ContainsKey(identity) ? null : new Session(this, "absent", identity));

    public void Commit(long ticket)
    {
        lock (gate)
        {
            Interlocked.Exchange(ref durable, ticket);
            foreach ((long wanted, TaskCompletionSource reached) in waiting)
            {
                if (wanted <= ticket) reached.TrySetResult();
            }
        }
    }

    public async ValueTask WaitAsync(long ticket, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (ticket <= DurableTicket) return;
            waiting.Add((ticket, reached));
        }

        await reached.Task.WaitAsync(cancellationToken);
    }

    sealed class Session(TestApplication application, string clientId, string identity) : IMqttSession
    {
        readonly long letInAfter = Interlocked.Read(ref application.revocations);

        public string Identity => identity;

        public bool IsRevoked => letInAfter < Interlocked.Read(ref application.revocations);

        public MqttPublishDecision Publish(in MqttIncomingMessage message)
        {
            string topic = Encoding.UTF8.GetString(message.Topic);
            application.Received.Enqueue(
                (clientId, topic, Encoding.UTF8.GetString(message.Payload), message.PayloadLength, message.PayloadOmitted));
            if (topic.StartsWith("forbidden", StringComparison.Ordinal)) return new(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, 0);
            bool isOpen = topic.StartsWith("open/", StringComparison.Ordinal);
            return new(
                MqttReasonCode.Success, isOpen ? MqttDelivery.Route : MqttDelivery.Consumed,
                Interlocked.Increment(ref application.lastTicket));
        }

        public bool MaySubscribe(string topicFilter) => !topicFilter.StartsWith("forbidden", StringComparison.Ordinal);

        public bool MayReceive(ReadOnlySpan<byte> topic) =>
            !(application.Withheld.TryGetValue(identity, out string? withheld) && Encoding.UTF8.GetString(topic) == withheld);

        public bool MayStore(ReadOnlySpan<byte> topic) => topic.StartsWith("open/"u8);

        public string ResponseInformation => $"open/{identity}/";

        public MqttSessionLimits Limits => application.Limits;

        public void Closed() => application.Closed.Enqueue(clientId);
    }
}
