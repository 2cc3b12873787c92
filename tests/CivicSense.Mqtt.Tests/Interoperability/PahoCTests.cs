namespace CivicSense.Mqtt.Tests.Interoperability;

/// <summary>Eclipse Paho's client for C, through the two programs that come with it, against the listener.</summary>
public sealed class PahoCTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("311")]
    [InlineData("5")]
    public async Task It_publishes_and_subscribes_at_every_quality_of_service(string version)
    {
        await using TestHost host = await TestHost.StartAsync();
        await PublishAsync(host, version, "0", "ready", "-r");
        using ForeignClient subscriber = Start("paho_c_sub", host, version, "2");
        // Before messages it prints what it is about to do.
        for (string? line = ""; line != Line("ready"); line = await subscriber.NextLineAsync()) Assert.NotNull(line);
        await using MqttClient witness = await host.ConnectAsync("witness");
        await witness.SubscribeAsync(
            new MqttSubscription("open/#", 2) { RetainHandling = MqttRetainHandling.DoNotSend }, Cancel);
        foreach (string quality in (string[])["0", "1", "2"])
        {
            string payload = $"of QoS {quality}";
            await PublishAsync(host, version, quality, payload);
            Assert.Equal(Line(payload), await subscriber.NextLineAsync());
            Assert.Equal(quality, $"{(await witness.Messages.ReadAsync(Cancel)).QualityOfService}");
        }

        Assert.Equal(4, host.Application.Received.Count);
    }

    // The program prints the payload's length, the topic and the payload.
    static string Line(string payload) => $"{payload.Length} open/c\t{payload}";

    static async Task PublishAsync(TestHost host, string version, string quality, string payload, params string[] more)
    {
        using ForeignClient publisher = Start("paho_c_pub", host, version, quality, ["-m", payload, .. more]);
        (int exitCode, string output) = await publisher.EndAsync();
        Assert.True(exitCode == 0, output);
    }

    static ForeignClient Start(string program, TestHost host, string version, string quality, params string[] more) => ForeignClient.Start(
        program,
        [
            "-h", "127.0.0.1", "-p", $"{host.Port}", "-V", version, "-u", "user", "-P", "secret",
            "-t", program == "paho_c_sub" ? "open/#" : "open/c", "-q", quality, .. more,
        ]);
}
