using System.Diagnostics;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using CivicSense.Tests;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>Who may connect to the broker and who is trusted, and what a steward is told when something is wrong.</summary>
public sealed class BrokerAccessTests
{
    const string Password = "correct-horse", User = """ "userName": "node", "passwordFile": "password" """;

    [Fact]
    public async Task A_wrong_password_is_told_and_a_right_one_seen_without_a_restart()
    {
        using var passwords = new TemporaryFolder();
        await using var scene = await SetWithPasswordAsync(passwords);
        scene.Folder.Write("password", "wrong-horse\n");
        scene.Configure(User);

        await scene.RunNodeAsync();
        await scene.NodeSaysAsync("No readings come from the broker: ");
        Assert.DoesNotContain("wrong-horse", scene.Node!.Errors, StringComparison.Ordinal);
        var check = await CheckAsync(scene);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("broker.passwordFile", check.Output, StringComparison.Ordinal);
        await scene.Sensors.PublishAsync(1);

        scene.Folder.Write("password", Password + "\n");
        await scene.NodeSaysAsync("Connected to the MQTT server");
        await scene.Sensors.PublishAsync(10);
        await BrokerScene.UntilAsync(async () => await scene.CountAsync() == 100, () => "Readings were lost.");
    }

    [Fact]
    public async Task The_check_says_what_came_and_takes_nothing_from_the_node()
    {
        using var passwords = new TemporaryFolder();
        await using var scene = await SetWithPasswordAsync(passwords);
        scene.Folder.Write("password", Password);
        scene.Configure(User);
        await scene.RunSubscribedNodeAsync();

        var checking = CheckAsync(scene);
        while (!checking.IsCompleted) await scene.Sensors.PublishAsync(1);

        var check = await checking;
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Matches(@"connected as user 'node'", check.Output);
        Assert.Contains("Session: kept for 168 hours.", check.Output, StringComparison.Ordinal);
        Assert.Contains("subscribed with QoS 1.", check.Output, StringComparison.Ordinal);
        Assert.Matches(@"In 5 seconds (?<n>\d+) messages came, \k<n> of them from enrolled sensors", check.Output);
        await scene.AssertNothingLostNothingTwiceAsync();
    }

    [Fact]
    public async Task A_user_who_may_not_read_the_topic_is_told_where_to_look()
    {
        using var passwords = new TemporaryFolder();
        await using var scene =
            await SetWithPasswordAsync(passwords, acl: "user node\ntopic read elsewhere/#\n\npattern write civicsense/v1/+/readings\n");
        scene.Folder.Write("password", Password);
        scene.Configure(User);
        var check = await CheckAsync(scene);
        Assert.Contains("the broker's access rules do not let this user read", check.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task A_client_identifier_of_which_nothing_was_written_is_chosen_again(string left)
    {
        await using var scene = await BrokerScene.SetAsync();
        scene.Folder.Write("data/broker-client-id", left);
        scene.Configure();
        await scene.RunSubscribedNodeAsync();
        var chosen = File.ReadAllText(scene.Folder.File("data/broker-client-id"));
        Assert.Matches("^civicsense[0-9a-f]{12}\n$", chosen);
        Assert.Contains(chosen.Trim(), scene.Mosquitto.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_told_and_waited_for()
    {
        await using var scene = await BrokerScene.SetAsync();
        scene.Configure();
        await scene.Mosquitto.StopAsync();
        await scene.RunNodeAsync();
        await scene.NodeSaysAsync("No connection to the MQTT server");
        var check = await CheckAsync(scene);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("cannot be reached", check.Output, StringComparison.Ordinal);
        await scene.Mosquitto.StartAgainAsync();
        await scene.NodeSaysAsync("Connected to the MQTT server");
        await scene.Sensors.PublishAsync(10);
        await scene.AssertNothingLostNothingTwiceAsync();
    }

    [Fact]
    public async Task A_broker_with_a_certificate_of_ones_own_authority_is_trusted_if_it_is_named_and_asks_for_the_nodes_own()
    {
        using var certificates = new TestCertificates();
        await using var scene = await BrokerScene.SetAsync(
            new MosquittoSettings { Tls = certificates, RequireClientCertificate = true },
            connection: broker => name => new MqttClientOptions
            {
                Host = "127.0.0.1", Port = broker.Port, ClientId = name,
                Tls = new MqttTlsOptions { CertificateAuthorities = certificates.Trusted,
                    ClientCertificate = certificates.ForClient(name) },
            });
        TestCertificates.Write(certificates.Authority, scene.Folder.Path, "authority");
        TestCertificates.Write(certificates.ForClient("node"), scene.Folder.Path, "node");
        const string own = """ "clientCertificate": "node.crt", "clientCertificateKey": "node.key" """;

        scene.Configure(own, scheme: "mqtts");
        var check = await CheckAsync(scene);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("broker.certificateAuthority", check.Output, StringComparison.Ordinal);

        scene.Configure($""" {own}, "certificateAuthority": "authority.crt" """, scheme: "mqtts");
        await scene.RunSubscribedNodeAsync();
        await scene.Sensors.PublishAsync(10);
        await scene.AssertNothingLostNothingTwiceAsync();
        Assert.Contains("u'node'", scene.Mosquitto.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "broker": { "address": "https://broker" } }""", "broker.address", "mqtts://HOST:PORT")]
    [InlineData("""{ "broker": "mqtt://me:secret@broker" }""", "broker.address", "broker.passwordFile")]
    [InlineData("""{ "broker": { "address": "mqtt://broker", "topic": "a/b" } }""", "broker.topic", "'a/b'")]
    [InlineData("""{ "broker": { "address": "mqtt://broker", "receiveMaximum": 0 } }""", "broker.receiveMaximum", "1 to 65535")]
    [InlineData("""{ "broker": { "address": "mqtt://broker", "userName": "u", "passwordFile": "nowhere" } }""",
        "broker.passwordFile", "nowhere")]
    [InlineData("""{ "mqtt": { "enabled": false } }""", "mqtt.enabled", "broker")]
    public async Task A_setting_that_cannot_be_is_told_with_its_key(string configuration, string key, string said)
    {
        using var folder = new TemporaryFolder();
        var result = await NodeProcess.RunAsync("run", "--config", folder.Write("civicsense.json", configuration));
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains(key, result.Errors, StringComparison.Ordinal);
        Assert.Contains(said, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    static Task<CommandResult> CheckAsync(BrokerScene scene) => NodeProcess.RunAsync("broker", "check", "--config", scene.Configuration);

    /// <summary>Everybody may connect, but who gives the user name "node" needs the password.</summary>
    static async Task<BrokerScene> SetWithPasswordAsync(TemporaryFolder folder, string? acl = null)
    {
        var file = folder.Write("passwords", $"node:{Password}\n");
        using (var hashing = Process.Start(Surroundings.RequireProgram("mosquitto_passwd"), ["-U", file]))
        {
            await hashing.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, hashing.ExitCode);
        }
        List<string> lines = [$"password_file {file}"];
        if (acl is not null) lines.Add($"acl_file {folder.Write("acl", acl)}");
        return await BrokerScene.SetAsync(new MosquittoSettings { Lines = lines });
    }
}
