using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Eclipse Mosquitto's own clients against a running node, on the machine's clock.</summary>
public sealed class MosquittoTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    NodeProcess node = null!;
    Enrolment balcony = null!;
    Enrolment garden = null!;

    public async ValueTask InitializeAsync()
    {
        Surroundings.RequireProgram("mosquitto_pub");
        Surroundings.RequireProgram("mosquitto_sub");
        var configuration = Configuration.Write(folder);
        balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        garden = await Enrolment.AddAsync(configuration, "garden", "The Smiths");
        node = await NodeProcess.RunNodeAsync(configuration);
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_SenML_message_is_accepted(string version)
    {
        var published = await PublishAsync(version, balcony, balcony.Topic, SenML("pm2_5", 4.5));
        Assert.True(published.ExitCode == 0, published.ToString());
        Assert.Equal((1, 0), await CountsAsync());
    }

    [Fact]
    public async Task An_airRohr_message_is_accepted()
    {
        const string body = """
            {"esp8266id":"12345678","software_version":"NRZ-2020-133","sensordatavalues":[{"value_type":"SDS_P1","value":"11.23"},{"value_type":"SDS_P2","value":"4.98"}]}
            """;
        var published = await PublishAsync("mqttv311", balcony, balcony.Topic, body);
        Assert.True(published.ExitCode == 0, published.ToString());
        Assert.Equal((2, 0), await CountsAsync());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_wrong_password_is_refused(string version)
    {
        var published = await PublishAsync(version, balcony with { Secret = garden.Secret }, balcony.Topic, SenML("pm2_5", 4.5));
        Assert.NotEqual(0, published.ExitCode);
        Assert.Contains("Connection", published.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0), await CountsAsync());
    }

    [Fact]
    public async Task Another_devices_topic_is_not_authorized()
    {
        var published = await PublishAsync("mqttv5", balcony, garden.Topic, SenML("pm2_5", 4.5));
        Assert.Contains("Not authorized", published.Output + published.Errors, StringComparison.OrdinalIgnoreCase);
        // Refused and counted: one message to a foreign topic.
        Assert.Equal((0, 1), await CountsAsync());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task Malformed_json_is_acknowledged_and_counted(string version)
    {
        var published = await PublishAsync(version, balcony, balcony.Topic, "{\"esp8266id\":");
        Assert.True(published.ExitCode == 0, published.ToString());
        Assert.Equal((0, 1), await CountsAsync());
    }

    [Fact]
    public async Task A_payload_that_is_too_long_does_not_end_the_connection()
    {
        // One message per line, over one connection (-l), each QoS 1: mosquitto_pub ends with 0 when all are acknowledged.
        var lines = string.Join('\n', SenML("pm2_5", 4.5), $"\"{new string('x', 100 * 1024)}\"", SenML("pm10", 8.5)) + "\n";
        var published = await RunAsync(
            "mosquitto_pub", lines, [.. Connection("mqttv5", balcony), "-t", balcony.Topic, "-q", "1", "-l"]);
        Assert.True(published.ExitCode == 0, published.ToString());
        Assert.Equal((2, 1), await CountsAsync());
    }

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_device_receives_what_is_retained_for_it(string version)
    {
        var topic = "civicsense/v1/balcony/note";
        var published = await RunAsync(
            "mosquitto_pub", null, [.. Connection(version, balcony), "-t", topic, "-q", "1", "-r", "-m", "moved to the south side"]);
        Assert.True(published.ExitCode == 0, published.ToString());

        var received = await RunAsync(
            "mosquitto_sub", null, [.. Connection(version, balcony), "-t", topic, "-C", "1", "-W", "30"]);

        Assert.True(received.ExitCode == 0, received.ToString());
        Assert.Equal("moved to the south side", received.Output.Trim());
    }

    [Theory]
    [InlineData("mqttv311", new string[0])]
    [InlineData("mqttv5", new[] { "-x", "3600" })]
    public async Task What_waits_for_a_device_survives_a_restart_of_the_node(string version, string[] expiry)
    {
        const string topic = "civicsense/v1/balcony/note";
        // -c keeps the session, -E ends as soon as the subscription is there.
        var subscribed =
            await RunAsync("mosquitto_sub", null, [.. Connection(version, balcony), .. expiry, "-c", "-q", "1", "-t", topic, "-E"]);
        Assert.True(subscribed.ExitCode == 0, subscribed.ToString());
        var published = await RunAsync(
            "mosquitto_pub", null, [.. Connection(version, balcony), "-i", "another", "-t", topic, "-q", "1", "-m", "water the plants"]);
        Assert.True(published.ExitCode == 0, published.ToString());

        node.Signal("TERM");
        await node.ExitAsync();
        await node.DisposeAsync();
        node = await NodeProcess.RunNodeAsync(folder.File("civicsense.json"));

        var received = await RunAsync(
            "mosquitto_sub", null, [.. Connection(version, balcony), .. expiry, "-c", "-q", "1", "-t", topic, "-C", "1", "-W", "30"]);
        Assert.True(received.ExitCode == 0, received.ToString());
        Assert.Equal("water the plants", received.Output.Trim());
    }

    [Theory]
    [InlineData("#")]
    [InlineData("civicsense/v1/+/readings")]
    [InlineData("civicsense/v1/garden/readings")]
    public async Task Nobody_subscribes_to_another_device(string filter)
    {
        var subscribed = await RunAsync(
            "mosquitto_sub", null, [.. Connection("mqttv5", balcony), "-t", filter, "-C", "1", "-W", "10"]);
        Assert.Contains("denied", subscribed.Errors + subscribed.Output, StringComparison.OrdinalIgnoreCase);
    }

    static string SenML(string quantity, double value) =>
        string.Create(CultureInfo.InvariantCulture, $$"""[{"n":"{{quantity}}","u":"ug/m3","v":{{value}}}]""");

    Task<CommandResult> PublishAsync(string version, Enrolment device, string topic, string message) =>
        RunAsync("mosquitto_pub", null, [.. Connection(version, device), "-t", topic, "-q", "1", "-m", message]);

    string[] Connection(string version, Enrolment device) =>
    [
        "-V", version, "-h", "127.0.0.1", "-p", node.MqttPort.ToString(CultureInfo.InvariantCulture), "-i", device.Name, "-u", device.Name,
        "-P", device.Secret,
    ];

    Task<(long Accepted, long Refused)> CountsAsync() => Totals.StopAsync(node);

    static Task<CommandResult> RunAsync(string program, string? input, string[] arguments) =>
        MosquittoClient.RunAsync(program, input, arguments);
}
