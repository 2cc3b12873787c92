using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>What no ordinary server does, and what can only be seen in the bytes.</summary>
public sealed class ScriptedServerTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("9C", MqttReasonCode.UseAnotherServer)]
    [InlineData("9D", MqttReasonCode.ServerMoved)]
    public async Task A_redirect_names_the_other_server_and_is_not_followed(string code, MqttReasonCode reason)
    {
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(server.Options, Cancel);
        // CONNACK with Server Reference "b.example:1883", MQTT 5.0 section 3.2.2.3.16.
        using var side = await server.AcceptAsync(Convert.FromHexString($"201400{code}111C000E{Hex("b.example:1883")}"));
        var redirect = await Assert.ThrowsAsync<MqttException>(() => connecting);
        Assert.Equal((reason, "b.example:1883", false), (redirect.Reason, redirect.ServerReference, redirect.MayHeal));
        // Messages are logged, and a server may say anything.
        Assert.DoesNotContain("b.example", redirect.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_servers_goodbye_is_what_later_calls_say()
    {
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(server.Options, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        // DISCONNECT, Server Shutting Down, Reason String "night".
        await side.SendAsync($"E00A8B081F0005{Hex("night")}");
        Assert.Equal(MqttReasonCode.ServerShuttingDown, await client.Completion.WaitAsync(TestHost.Patience, Cancel));
        var later = await Assert.ThrowsAsync<MqttException>(
            async () => await client.PublishAsync("a"u8.ToArray(), default, 1, cancellationToken: Cancel));
        Assert.Equal(("night", true), (later.ReasonString, later.MayHeal));
    }

    [Fact]
    public async Task Unacknowledged_messages_are_sent_again_in_order_and_marked()
    {
        using var server = new ScriptedServer();
        MqttClientOptions options = server.Options with { CleanStart = false, Session = new MqttClientSession() };
        Task<MqttClient> connecting = MqttClient.ConnectAsync(options, Cancel);
        using (var side = await server.AcceptAsync(ScriptedServer.Accepted))
        {
            await using MqttClient first = await connecting;
            await first.PublishAsync("a"u8.ToArray(), "1"u8.ToArray(), 1, cancellationToken: Cancel);
            await first.PublishAsync("a"u8.ToArray(), "2"u8.ToArray(), 2, cancellationToken: Cancel);
            await first.PublishAsync("a"u8.ToArray(), "3"u8.ToArray(), 2, cancellationToken: Cancel);
            Assert.Equal(["32070001610001" + "0031", "34070001610002" + "0032", "34070001610003" + "0033"],
                [await side.ReadAsync(), await side.ReadAsync(), await side.ReadAsync()]);
            // PUBREC of the second: from now on PUBREL is what is repeated.
            await side.SendAsync("50020002");
            Assert.Equal("62020002", await side.ReadAsync());
        }

        connecting = MqttClient.ConnectAsync(options, Cancel);
        using (var side = await server.AcceptAsync(Convert.FromHexString("2003010000")))
        {
            await using MqttClient second = await connecting;
            Assert.Equal(["3A070001610001" + "0031", "62020002", "3C070001610003" + "0033"],
                [await side.ReadAsync(), await side.ReadAsync(), await side.ReadAsync()]);
            await side.SendAsync("40020001" + "70020002");
            await TestHost.UntilAsync(() => second.InFlightCount == 1);
        }

        // This server has lost the session: what is left is a new message to it.
        connecting = MqttClient.ConnectAsync(options, Cancel);
        using (var side = await server.AcceptAsync(ScriptedServer.Accepted))
        {
            await using MqttClient third = await connecting;
            Assert.Equal("34070001610003" + "0033", await side.ReadAsync());
        }
    }

    [Fact]
    public async Task Repeated_messages_keep_to_the_receive_maximum_of_the_new_connection()
    {
        using var server = new ScriptedServer();
        MqttClientOptions options = server.Options with { CleanStart = false, Session = new MqttClientSession() };
        Task<MqttClient> connecting = MqttClient.ConnectAsync(options, Cancel);
        using (var side = await server.AcceptAsync(ScriptedServer.Accepted))
        {
            await using MqttClient first = await connecting;
            for (int i = 0; i < 3; i++) await first.PublishAsync("a"u8.ToArray(), "x"u8.ToArray(), 1, cancellationToken: Cancel);
            for (int i = 0; i < 3; i++) await side.ReadAsync();
        }

        connecting = MqttClient.ConnectAsync(options, Cancel);
        using (var side = await server.AcceptAsync(Convert.FromHexString("2006010003210001")))
        {
            await using MqttClient second = await connecting;
            Assert.Equal("3A07000161000100" + "78", await side.ReadAsync());
            await side.SendAsync("40020001");
            Assert.Equal("3A07000161000200" + "78", await side.ReadAsync());
        }
    }

    [Fact]
    public async Task A_message_of_QoS_2_that_is_repeated_is_handled_once()
    {
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(server.Options, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        await side.SendAsync("34070001610007" + "0031");
        Assert.Equal("50020007", await side.ReadAsync());
        await side.SendAsync("3C070001610007" + "0031");
        Assert.Equal("50020007", await side.ReadAsync());
        await side.SendAsync("62020007" + "62020007");
        Assert.Equal(["70020007", "7003000792"], [await side.ReadAsync(), await side.ReadAsync()]);
        Assert.True(client.Messages.TryRead(out _));
        Assert.False(client.Messages.TryRead(out _));
    }

    [Fact]
    public async Task What_no_server_may_send_ends_the_connection_with_the_reason()
    {
        using var server = new ScriptedServer();
        // A topic alias that was not allowed; a SUBSCRIBE; a message for "#".
        (string Packet, string Reason)[] cases =
            [("3007" + "000003" + "230001" + "31", "94"), ("82060001" + "00000161", "82"), ("3004" + "000123" + "00", "81")];
        foreach ((string packet, string reason) in cases)
        {
            Task<MqttClient> connecting = MqttClient.ConnectAsync(server.Options, Cancel);
            using var side = await server.AcceptAsync(ScriptedServer.Accepted);
            await using MqttClient client = await connecting;
            await side.SendAsync(packet);
            Assert.Equal($"E002{reason}00", await side.ReadAsync());
            Assert.Equal(reason, $"{(byte)await client.Completion.WaitAsync(TestHost.Patience, Cancel):X2}");
        }
    }

    [Fact]
    public async Task A_silent_server_is_asked_and_then_left()
    {
        var time = new ManualTimeProvider();
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(
            server.Options with { KeepAlive = TimeSpan.FromSeconds(100), TimeProvider = time }, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal("C000", await side.ReadAsync());
        Assert.False(client.Completion.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, await client.Completion.WaitAsync(TestHost.Patience, Cancel));
    }

    [Fact]
    public async Task A_client_that_only_sends_asks_too_whether_somebody_is_there()
    {
        var time = new ManualTimeProvider();
        using var server = new ScriptedServer();
        Task<MqttClient> connecting = MqttClient.ConnectAsync(
            server.Options with { KeepAlive = TimeSpan.FromSeconds(100), TimeProvider = time }, Cancel);
        using var side = await server.AcceptAsync(ScriptedServer.Accepted);
        await using MqttClient client = await connecting;
        for (int i = 0; i < 3; i++)
        {
            await client.PublishAsync("a"u8.ToArray(), default, 0, cancellationToken: Cancel);
            Assert.StartsWith("30", await side.ReadAsync(), StringComparison.Ordinal);
            time.Advance(TimeSpan.FromSeconds(25));
        }

        Assert.Equal("C000", await side.ReadAsync());
    }
}
