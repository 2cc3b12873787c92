using CivicSense.Mqtt;
using CivicSense.Node.Conformance;
using CivicSense.Node.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Tests.WebSockets;

/// <summary>MQTT.js as a web page uses it: over a WebSocket.</summary>
public sealed class MqttJsTests
{
    // Arguments: the package's folder, address, version. Prints one line for each message: quality, retain, topic, length, payload.
    const string Script = """
        const [folder, address, version] = process.argv.slice(1);
        const mqtt = require(folder);
        const connect = clientId => mqtt.connectAsync(address, { protocolVersion: Number(version), clientId, reconnectPeriod: 0 });
        const collect = (client, count) => new Promise(resolve => {
          const messages = [];
          client.on('message', (topic, payload, packet) => {
            messages.push(`${packet.qos} ${Number(packet.retain)} ${topic} ${payload.length} ${payload.subarray(0, 8)}`);
            if (messages.length === count) resolve(messages);
          });
        });
        (async () => {
          const sender = await connect('sender');
          await sender.publishAsync('open/kept', 'kept', { qos: 1, retain: true });
          const reader = await connect('reader');
          const seen = collect(reader, 5);
          const granted = await reader.subscribeAsync('open/#', { qos: 2 });
          console.log(`granted ${granted[0].qos}`);
          for (const qos of [0, 1, 2]) await sender.publishAsync('open/live', 'live', { qos });
          // Spread over many frames, and over more than one read of either side.
          await sender.publishAsync('open/long', Buffer.alloc(60000, 'long'), { qos: 2 });
          (await seen).forEach(line => console.log(line));
          await reader.unsubscribeAsync('open/#');
          await reader.endAsync();
          await sender.endAsync();
        })().catch(error => { console.error(error.message); process.exit(1); });
        """;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messages_of_every_quality_and_retained_ones_arrive(int version)
    {
        var cancel = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMqttListener().AddSingleton<IMqttApplication, OpenApplication>();
        await using var application = builder.Build();
        application.MapMqttWebSocket(new OriginRule([], null));
        await application.StartAsync(cancel);
        var address = new UriBuilder(application.Urls.Single()) { Scheme = "ws", Path = WebSocketEndpoint.Path }.Uri;

        using var client = ForeignClient.Start("node", "-e", Script, NodePackages.Find("mqtt"), address.ToString(), $"{version}");
        var (exitCode, output) = await client.EndAsync();

        Assert.True(exitCode == 0, output);
        Assert.Equal(
            [
                "granted 2", "1 1 open/kept 4 kept", "0 0 open/live 4 live", "1 0 open/live 4 live", "2 0 open/live 4 live",
                "2 0 open/long 60000 longlong",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
