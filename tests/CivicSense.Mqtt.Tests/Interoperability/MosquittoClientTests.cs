namespace CivicSense.Mqtt.Tests.Interoperability;

/// <summary>The command line clients of Eclipse Mosquitto against the listener.</summary>
public sealed class MosquittoClientTests
{
    static ForeignClient Start(string tool, TestHost host, string version, params string[] arguments) =>
        StartAs("secret", tool, host, version, arguments);

    static ForeignClient StartAs(string password, string tool, TestHost host, string version, params string[] arguments) =>
        ForeignClient.Start(tool, ["-h", "127.0.0.1", "-p", $"{host.Port}", "-V", version, "-u", "user", "-P", password, .. arguments]);

    static async Task PublishAsync(TestHost host, string version, params string[] arguments)
    {
        long others = host.Statistics.ConnectionsOpen;
        using ForeignClient publisher = Start("mosquitto_pub", host, version, arguments);
        (int exitCode, string output) = await publisher.EndAsync();
        Assert.True(exitCode == 0, output);
        // Nobody acknowledges a message of QoS 0: it has been dealt with when its connection is over.
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen <= others);
    }

    [Theory]
    [InlineData("mqttv311", "0")]
    [InlineData("mqttv311", "1")]
    [InlineData("mqttv311", "2")]
    [InlineData("mqttv5", "0")]
    [InlineData("mqttv5", "1")]
    [InlineData("mqttv5", "2")]
    public async Task Publishing_reaches_the_application(string version, string qualityOfService)
    {
        await using TestHost host = await TestHost.StartAsync();
        await PublishAsync(host, version, "-q", qualityOfService, "-t", "private/pm", "-m", "12.5");
        await TestHost.UntilAsync(() => !host.Application.Received.IsEmpty);
        Assert.Equal("12.5", Assert.Single(host.Application.Received).Payload);
    }

    [Theory]
    [InlineData("mqttv311", 4)]
    [InlineData("mqttv5", 0x86)]
    public async Task A_wrong_password_becomes_the_exit_code(string version, int code)
    {
        await using TestHost host = await TestHost.StartAsync();
        using ForeignClient publisher = StartAs("wrong", "mosquitto_pub", host, version, "-t", "private/pm", "-m", "1");
        Assert.Equal(code, (await publisher.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("mqttv311", "0")]
    [InlineData("mqttv311", "1")]
    [InlineData("mqttv311", "2")]
    [InlineData("mqttv5", "0")]
    [InlineData("mqttv5", "1")]
    [InlineData("mqttv5", "2")]
    public async Task A_subscriber_receives_retained_and_live_messages(string version, string qualityOfService)
    {
        await using TestHost host = await TestHost.StartAsync();
        await PublishAsync(host, version, "-r", "-q", "2", "-t", "open/a", "-m", "kept");
        using ForeignClient subscriber = Start(
            "mosquitto_sub", host, version, "-t", "open/#", "-q", qualityOfService, "-C", "2", "-W", "30", "-F", "%q %r %t %p");
        Assert.Equal($"{qualityOfService} 1 open/a kept", await subscriber.NextLineAsync());
        await PublishAsync(host, version, "-q", "2", "-t", "open/b", "-m", "live");
        Assert.Equal((0, $"{qualityOfService} 0 open/b live\n"), await subscriber.EndAsync());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_client_that_is_killed_leaves_its_will(string version)
    {
        await using TestHost host = await TestHost.StartAsync();
        await PublishAsync(host, version, "-r", "-t", "open/ready", "-m", "ready");
        using ForeignClient watcher = Start(
            "mosquitto_sub", host, version, "-t", "open/#", "-q", "2", "-C", "2", "-W", "30", "-F", "%q %r %p");
        Assert.Equal("0 1 ready", await watcher.NextLineAsync());
        using ForeignClient mortal = Start(
            "mosquitto_sub", host, version, "-t", "open/ready", "--will-topic", "open/will", "--will-payload", "gone", "--will-qos", "2");
        Assert.Equal("ready", await mortal.NextLineAsync());

        mortal.Kill();

        Assert.Equal((0, "2 0 gone\n"), await watcher.EndAsync());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5", "-x", "3600")]
    public async Task A_persistent_session_keeps_what_came_while_its_client_was_away(string version, params string[] expiry)
    {
        await using TestHost host = await TestHost.StartAsync();
        await PublishAsync(host, version, "-r", "-t", "open/ready", "-m", "ready");
        string[] keeper = ["-c", "-i", "keeper", .. expiry, "-t", "open/#", "-q", "2", "-W", "30", "-F", "%q %p"];
        using (ForeignClient before = Start("mosquitto_sub", host, version, [.. keeper, "-C", "1"]))
        {
            Assert.Equal((0, "0 ready\n"), await before.EndAsync());
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);

        await PublishAsync(host, version, "-q", "1", "-t", "open/a", "-m", "one");
        await PublishAsync(host, version, "-q", "2", "-t", "open/b", "-m", "two");

        using ForeignClient after = Start("mosquitto_sub", host, version, [.. keeper, "-C", "3"]);
        (int exitCode, string output) = await after.EndAsync();
        Assert.Equal(0, exitCode);
        // It subscribes again, so the retained message comes too.
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["0 ready", "1 one", "2 two"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Properties_arrive_as_they_were_sent()
    {
        await using TestHost host = await TestHost.StartAsync();
        string[] properties =
        [
            "-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "unit", "ug/m3",
            "-D", "publish", "response-topic", "open/answer", "-D", "publish", "message-expiry-interval", "600",
        ];
        await PublishAsync(host, "mqttv5", ["-r", "-q", "1", "-t", "open/a", "-m", "12.5", .. properties]);
        using ForeignClient subscriber = Start("mosquitto_sub", host, "mqttv5", "-t", "open/a", "-C", "1", "-W", "30", "-F", "%C|%P|%R|%p");
        Assert.Equal((0, "text/plain|unit:ug/m3|open/answer|12.5\n"), await subscriber.EndAsync());
    }
}
