namespace CivicSense.Mqtt.Tests.Interoperability;

/// <summary>MQTT.js, the client of the JavaScript world, against the listener.</summary>
public sealed class MqttJsTests
{
    // Arguments: the package's folder, port, version. Prints one line for each message: quality, retain, topic, payload, user properties.
    const string Script = """
        const [folder, port, version] = process.argv.slice(1);
        const mqtt = require(folder);
        const isNew = version === '5';
        const connect = (clientId, clean, will) => mqtt.connectAsync({
          host: '127.0.0.1', port: Number(port), protocolVersion: Number(version), username: 'user', password: 'secret',
          clientId, clean, will, reconnectPeriod: 0, properties: isNew ? { sessionExpiryInterval: clean ? 0 : 3600, topicAliasMaximum: 5 } : undefined,
        });
        const collect = (client, count) => new Promise(resolve => {
          const messages = [];
          client.on('message', (topic, payload, packet) => {
            const user = packet.properties && packet.properties.userProperties ? JSON.stringify(packet.properties.userProperties) : '';
            messages.push(`${packet.qos} ${Number(packet.retain)} ${topic} ${payload} ${user}`.trim());
            if (messages.length === count) resolve(messages);
          });
        });
        const print = lines => lines.forEach(line => console.log(line));
        (async () => {
          const alice = await connect('alice', false, { topic: 'open/will', payload: 'gone', qos: 1 });
          const properties = isNew ? { userProperties: { unit: 'ug/m3' } } : undefined;
          await alice.publishAsync('open/a', 'kept', { qos: 1, retain: true, properties });
          const first = collect(alice, 4);
          await alice.subscribeAsync('open/#', { qos: 2 });
          for (const qos of [0, 1, 2]) await alice.publishAsync('open/b', 'live', { qos, properties });
          print(await first);
          await alice.endAsync();
          const bob = await connect('bob', true);
          const seen = collect(bob, 1);
          await bob.subscribeAsync('open/will', { qos: 1 });
          for (const qos of [1, 2]) await bob.publishAsync('open/c', 'waits', { qos });
          // What has waited comes right after CONNACK, before a promise could go on.
          const again = mqtt.connect({
            host: '127.0.0.1', port: Number(port), protocolVersion: Number(version), username: 'user', password: 'secret', clientId: 'alice',
            clean: false, reconnectPeriod: 0, will: { topic: 'open/will', payload: 'gone', qos: 1 },
            properties: isNew ? { sessionExpiryInterval: 3600 } : undefined,
          });
          print(await collect(again, 2));
          if (isNew) await again.endAsync(false, { reasonCode: 4 }); else again.stream.destroy();
          print(await seen);
          await bob.endAsync();
        })().catch(error => { console.error(error.message); process.exit(1); });
        """;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Messages_retained_ones_sessions_and_wills_work(int version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using ForeignClient client = ForeignClient.Start("node", "-e", Script, NodePackages.Find("mqtt"), $"{host.Port}", $"{version}");
        (int exitCode, string output) = await client.EndAsync();
        Assert.True(exitCode == 0, output);
        string user = version == 5 ? """ {"unit":"ug/m3"}""" : "";
        Assert.Equal(
            [
                $"1 1 open/a kept{user}", $"0 0 open/b live{user}", $"1 0 open/b live{user}", $"2 0 open/b live{user}",
                "1 0 open/c waits", "2 0 open/c waits", "1 0 open/will gone",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
