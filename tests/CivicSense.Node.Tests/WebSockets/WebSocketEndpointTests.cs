using System.Net;
using System.Net.WebSockets;
using CivicSense.Mqtt;
using CivicSense.Node.Conformance;
using CivicSense.Node.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Tests.WebSockets;

public sealed class WebSocketEndpointTests : IAsyncLifetime
{
    // CONNECT of MQTT 3.1.1 with a clean session and the client identifier "a"; CONNACK (section 3.2 there).
    static readonly byte[] Connect = [0x10, 13, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 1, (byte)'a'];
    static readonly byte[] Accepted = [0x20, 2, 0, 0];
    static readonly byte[] Ping = [0xC0, 0];
    static readonly byte[] Pong = [0xD0, 0];

    readonly RecordedDeadline deadline = new();
    WebApplication application = null!;
    Uri address = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMqttListener().AddSingleton<IMqttApplication, OpenApplication>();
        application = builder.Build();
        application.Use((context, next) =>
        {
            context.Features.Set<IHttpRequestTimeoutFeature>(deadline);
            return next(context);
        });
        application.MapMqttWebSocket(new OriginRule([], null));
        await application.StartAsync(Cancel);
        address = new UriBuilder(application.Urls.Single()) { Scheme = "ws", Path = WebSocketEndpoint.Path }.Uri;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    [Fact]
    public async Task Packets_come_and_go_in_binary_frames()
    {
        using var socket = await OpenAsync();
        Assert.Equal("mqtt", socket.SubProtocol);
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, true, Cancel);
        Assert.Equal(Accepted, await ReceiveAsync(socket, 4));
    }

    /// <summary>Answers over HTTP have a deadline; a session lasts for as long as its client keeps it alive.</summary>
    [Fact]
    public async Task A_connection_has_no_deadline_of_an_answer_any_more()
    {
        using var client = new HttpClient();
        using var refused = await client.GetAsync(new UriBuilder(address) { Scheme = "http" }.Uri, Cancel);
        Assert.Equal(HttpStatusCode.UpgradeRequired, refused.StatusCode);
        Assert.False(deadline.IsDisabled);
        using var socket = await OpenAsync();
        Assert.True(deadline.IsDisabled);
    }

    [Fact]
    public async Task Packets_need_not_be_aligned_to_frames()
    {
        // [MQTT-6.0.0-2]: a CONNECT a byte a frame, the last with two packets behind it, the second of which goes on in the next frame.
        using var socket = await OpenAsync();
        for (var i = 0; i < Connect.Length - 1; i++)
            await socket.SendAsync(Connect.AsMemory(i, 1), WebSocketMessageType.Binary, true, Cancel);
        await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Binary, true, Cancel);
        await socket.SendAsync(new[] { Connect[^1], Ping[0], Ping[1], Ping[0] }, WebSocketMessageType.Binary, false, Cancel);
        await socket.SendAsync(new[] { Ping[1] }, WebSocketMessageType.Binary, true, Cancel);
        byte[] answers = [.. Accepted, .. Pong, .. Pong];
        Assert.Equal(answers, await ReceiveAsync(socket, answers.Length));
    }

    [Fact]
    public async Task A_text_frame_ends_the_connection()
    {
        // [MQTT-6.0.0-1]
        using var socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Text, true, Cancel);
        await AssertClosedAsync(socket, WebSocketCloseStatus.InvalidMessageType);
    }

    [Fact]
    public async Task A_text_frame_ends_a_session_too()
    {
        using var socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, true, Cancel);
        await ReceiveAsync(socket, 4);
        await socket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        await AssertClosedAsync(socket, WebSocketCloseStatus.InvalidMessageType);
    }

    [Fact]
    public async Task What_is_no_CONNECT_is_closed_without_an_answer()
    {
        using var socket = await OpenAsync();
        await socket.SendAsync(Ping, WebSocketMessageType.Binary, true, Cancel);
        await AssertClosedAsync(socket, WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_message_larger_than_any_buffer_arrives_whole()
    {
        using var socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, true, Cancel);
        await ReceiveAsync(socket, 4);
        var statistics = application.Services.GetRequiredService<MqttListenerStatistics>();
        // PUBLISH, QoS 1, topic "t", packet identifier 7, 200,000 bytes: more than is kept, and acknowledged all the same.
        var body = new byte[200_000];
        byte[] packet = [0x32, .. RemainingLength(3 + 2 + body.Length), 0, 1, (byte)'t', 0, 7, .. body];
        await socket.SendAsync(packet, WebSocketMessageType.Binary, true, Cancel);
        Assert.Equal([0x40, 2, 0, 7], await ReceiveAsync(socket, 4));
        Assert.Equal((1, 1), (statistics.MessagesReceived, statistics.PayloadsOmitted));
    }

    [Fact]
    public async Task A_node_that_stops_does_not_wait_for_its_clients()
    {
        using var socket = await OpenAsync();
        await socket.SendAsync(Connect, WebSocketMessageType.Binary, true, Cancel);
        await ReceiveAsync(socket, 4);
        var closing = AssertClosedAsync(socket, WebSocketCloseStatus.NormalClosure);
        await application.StopAsync(Cancel);
        await closing;
    }

    [Theory]
    [InlineData("mqtt", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("wamp", null, HttpStatusCode.BadRequest)]
    [InlineData(null, null, HttpStatusCode.BadRequest)]
    public async Task Who_asks_wrongly_gets_no_socket(string? protocol, string? origin, HttpStatusCode answer)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (protocol is not null) socket.Options.AddSubProtocol(protocol);
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, Cancel));
        Assert.Equal(answer, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_visitor_is_told_what_is_here()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new UriBuilder(address) { Scheme = "http" }.Uri, Cancel);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("websocket", answer.Headers.Upgrade.ToString());
    }

    async Task<ClientWebSocket> OpenAsync()
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        await socket.ConnectAsync(address, Cancel);
        return socket;
    }

    static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, int count)
    {
        var received = new byte[count];
        for (var have = 0; have < count;)
        {
            var result = await socket.ReceiveAsync(received.AsMemory(have), Cancel);
            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            have += result.Count;
        }
        return received;
    }

    static async Task AssertClosedAsync(ClientWebSocket socket, WebSocketCloseStatus status)
    {
        var result = await socket.ReceiveAsync(new byte[16].AsMemory(), Cancel);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        Assert.Equal(status, socket.CloseStatus);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        }
        catch (WebSocketException)
        {
            // The server waits for this answer for two seconds only.
        }
    }

    // Variable byte integer, MQTT 5.0 section 1.5.5.
    static IEnumerable<byte> RemainingLength(int value)
    {
        for (; value > 127; value >>= 7) yield return (byte)(value & 127 | 128);
        yield return (byte)value;
    }

    sealed class RecordedDeadline : IHttpRequestTimeoutFeature
    {
        public bool IsDisabled { get; private set; }

        public CancellationToken RequestTimeoutToken => CancellationToken.None;

        public void DisableTimeout() => IsDisabled = true;
    }
}
