using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Tests;
using Microsoft.Data.Sqlite;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>
/// Whatever the broker has acknowledged to a sensor is in the vault, once: through the end of the node, of the broker, and of the network
/// between them. Sums are compared, not only counts.
/// </summary>
public sealed class BrokerDurabilityTests
{
    [Fact]
    public async Task Of_a_hundred_thousand_messages_none_is_lost_and_none_counted_twice()
    {
        await using var scene = await BrokerScene.SetAsync(
            new MosquittoSettings { LogsPackets = false, Lines = ["max_inflight_messages 0"] }, sensors: 100);
        scene.Configure();
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(1000, connections: 4);
        Assert.Equal(100_000, scene.Sensors.Total);
        await scene.AssertNothingLostNothingTwiceAsync();
    }

    [Fact]
    public async Task A_node_that_is_killed_goes_on_where_it_was()
    {
        await using var scene = await BrokerScene.SetAsync();
        scene.Configure(""" "clientId": "thenode" """);
        await scene.RunSubscribedNodeAsync();
        var publishing = scene.Sensors.PublishAsync(400);
        await BrokerScene.UntilAsync(async () => await scene.CountAsync() > 200, () => "Nothing arrives.");
        await scene.KillNodeAsync();
        // The rest goes to a broker without a subscriber.
        await publishing;
        await scene.RunNodeAsync();
        await BrokerScene.UntilAsync(async () => await scene.CountAsync() >= 4000, () => "Readings were lost.");

        // What cannot be stored is not acknowledged, so the second end finds the node with messages that the broker has to send again.
        await using (await LockAsync(scene.Database))
        {
            var before = Sent();
            publishing = scene.Sensors.PublishAsync(400);
            await BrokerScene.UntilAsync(() => Task.FromResult(Sent() > before), () => "Nothing is sent.");
            await scene.KillNodeAsync();
        }
        await publishing;
        await scene.RunNodeAsync();
        await scene.AssertNothingLostNothingTwiceAsync();
        // "Sending PUBLISH to … (d1, q1, …": the broker did send again what was not acknowledged.
        Assert.Contains("(d1, q1", scene.Mosquitto.Log, StringComparison.Ordinal);

        int Sent() => scene.Mosquitto.Log.Split("Sending PUBLISH to thenode").Length - 1;
    }

    [Fact]
    public async Task A_network_that_is_cut_again_and_again_loses_nothing()
    {
        await using var scene = await BrokerScene.SetAsync();
        await using var line = CuttableLine.To(scene.Mosquitto.Port);
        scene.Configure(port: line.Port);
        await scene.RunSubscribedNodeAsync();
        for (var cuts = 0; cuts < 4; cuts++)
        {
            var publishing = scene.Sensors.PublishAsync(200);
            await BrokerScene.UntilAsync(async () => await scene.CountAsync() > 2000 * cuts + 100, () => "Nothing arrives.");
            line.Cut();
            await publishing;
            line.Mend();
        }
        await scene.AssertNothingLostNothingTwiceAsync();
        Assert.Equal(4, line.Cuts);
    }

    [Fact]
    public async Task A_broker_that_is_restarted_while_the_node_is_away_has_kept_everything_without_a_group()
    {
        await using var scene = await BrokerScene.SetAsync(new MosquittoSettings { IsPersistent = true });
        scene.Configure();
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(20);
        await scene.KillNodeAsync();
        await scene.Sensors.PublishAsync(20);
        await scene.Mosquitto.RestartAsync();
        await scene.Sensors.PublishAsync(20);
        await scene.RunNodeAsync();
        await scene.AssertNothingLostNothingTwiceAsync();
    }

    /// <summary>Mosquitto 2.0 keeps a session through its restart, but forgets the session's shared subscriptions.</summary>
    [Fact]
    public async Task A_node_of_a_group_subscribes_again_to_a_broker_that_was_restarted()
    {
        await using var scene = await BrokerScene.SetAsync(new MosquittoSettings { IsPersistent = true });
        scene.Configure(""" "group": "civicsense" """);
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(20);
        await scene.Mosquitto.RestartAsync();
        await scene.NodeSaysAsync("Connected to the MQTT server", times: 2);
        await scene.Sensors.PublishAsync(20);
        await scene.AssertNothingLostNothingTwiceAsync();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(""" "group": "before" """, "$share/before/")]
    public async Task What_was_subscribed_to_before_a_change_is_so_no_longer(string before, string share)
    {
        await using var scene = await BrokerScene.SetAsync();
        scene.Configure(before);
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(20);
        await BrokerScene.UntilAsync(async () => await scene.CountAsync() == 200, () => "Readings were lost.");
        await scene.KillNodeAsync();

        var id = File.ReadAllText(scene.Folder.File("data/broker-client-id"));
        scene.Configure(""" "topic": "civicsense/+/+/readings", "deviceProperty": "device" """);
        await scene.RunSubscribedNodeAsync();
        Assert.Contains($"{share}civicsense/v1/+/readings", Unsubscribed(), StringComparison.Ordinal);
        Assert.Equal("civicsense/+/+/readings\n", File.ReadAllText(scene.Folder.File("data/broker-subscriptions")));
        Assert.Equal(id, File.ReadAllText(scene.Folder.File("data/broker-client-id")));

        string Unsubscribed() => scene.Mosquitto.Log[scene.Mosquitto.Log.IndexOf("Received UNSUBSCRIBE", StringComparison.Ordinal)..];
    }

    [Fact]
    public async Task What_a_sensor_sends_twice_is_counted_once()
    {
        await using var scene = await BrokerScene.SetAsync();
        scene.Configure();
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(20);
        await scene.Sensors.RepeatAsync(5);
        await BrokerScene.UntilAsync(async () => await scene.CountAsync() == 200, () => "Readings were lost.");
        Assert.Equal((200, 50), await Totals.StopAsync(scene.Node!));
        Assert.Equal(200, await scene.CountAsync());
    }

    [Fact]
    public async Task While_nothing_can_be_stored_nothing_is_acknowledged_and_the_broker_waits()
    {
        await using var scene = await BrokerScene.SetAsync(new MosquittoSettings { Lines = ["max_inflight_messages 0"] });
        scene.Configure(""" "receiveMaximum": 100, "clientId": "thenode" """);
        await scene.RunSubscribedNodeAsync();
        var stuck = await LockAsync(scene.Database);
        await scene.Sensors.PublishAsync(100);
        await BrokerScene.UntilAsync(() => Task.FromResult(Sent() == 100), () => $"{Sent()} messages were sent to the node.");
        await scene.NodeSaysAsync("Readings cannot be stored now.");
        Assert.Equal(100, Sent());
        Assert.DoesNotContain("Received PUBACK from thenode", scene.Mosquitto.Log, StringComparison.Ordinal);
        await stuck.DisposeAsync();
        await scene.AssertNothingLostNothingTwiceAsync();

        int Sent() => scene.Mosquitto.Log.Split("Sending PUBLISH to thenode").Length - 1;
    }

    /// <summary>Another process writes to the database, and does not end.</summary>
    static async Task<SqliteConnection> LockAsync(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
