using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>What a steward does beside a running node, and how a node stops.</summary>
public sealed class RunningNodeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_device_can_be_added_while_the_node_runs()
    {
        var configuration = Configuration.Write(folder);
        await using var node = await NodeProcess.RunNodeAsync(configuration);

        var device = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), TestContext.Current.CancellationToken);
        await client.PublishAsync(
            device.TopicBytes, """[{"n":"pm2_5","u":"ug/m3","v":4.5}]"""u8.ToArray(), 1,
            cancellationToken: TestContext.Current.CancellationToken);
        await client.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, 0), await Totals.StopAsync(node));
    }

    [Fact]
    public async Task A_model_is_said_with_the_device_or_later()
    {
        foreach (var (name, model) in new[] { ("balcony", "sds011"), ("garden", "") })
        {
            var added = await CommandResult.SucceedsAsync(
                "device", "add", "--data", folder.Path, "--name", name, "--owner", "x", "--latitude", "52", "--longitude", "5",
                "--model", model);
        }
        var said = await CommandResult.SucceedsAsync("device", "model", "--data", folder.Path, "--name", "garden", "--model", "pms5003");

        await using var database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = folder.File("civicsense.db") }, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(
            ["balcony sds011", "garden pms5003"],
            (await database.Vault.ReadDevicesAsync(TestContext.Current.CancellationToken))
                .Select(device => $"{device.Name} {device.Model}"));
    }

    [Fact]
    public async Task A_new_password_counts_at_once_and_the_one_before_no_more()
    {
        var configuration = Configuration.Write(folder);
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var former = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var client = await MqttClient.ConnectAsync(former.ClientOptions(node.MqttPort), TestContext.Current.CancellationToken);

        var newer = await former.RenewAsync(configuration);
        Assert.NotEqual(former.Secret, newer.Secret);
        var options = newer.ClientOptions(node.MqttPort) with { ClientId = "another" };
        await using var again = await MqttClient.ConnectAsync(options, TestContext.Current.CancellationToken);

        Assert.Equal(MqttReasonCode.AdministrativeAction, await client.Completion.WaitAsync(NodeProcess.Patience));
        var refused = await Assert.ThrowsAsync<MqttException>(
            () => MqttClient.ConnectAsync(former.ClientOptions(node.MqttPort), TestContext.Current.CancellationToken));
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, refused.Reason);
    }

    [Fact]
    public async Task A_device_name_can_be_given_only_once()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        var again = await NodeProcess.RunAsync(
            "device", "add", "--config", configuration, "--name", "balcony", "--owner", "The Smiths", "--latitude", "52",
            "--longitude", "5");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("balcony", again.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("password", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_node_on_the_same_data_is_refused()
    {
        var configuration = Configuration.Write(folder);
        await using var node = await NodeProcess.RunNodeAsync(configuration);

        var second = await NodeProcess.RunAsync("run", "--config", configuration);

        Assert.True(second.ExitCode == 1, second.ToString());
        Assert.Contains("Another process already uses the database", second.Errors, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"process {node.Id} holds"), second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", second.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0), await Totals.StopAsync(node));
    }

    [Fact]
    public async Task A_killed_node_leaves_no_lock_behind()
    {
        var configuration = Configuration.Write(folder);
        await using (var killed = await NodeProcess.RunNodeAsync(configuration))
            await killed.KillAsync();

        await using var node = await NodeProcess.RunNodeAsync(configuration);
        Assert.Equal((0, 0), await Totals.StopAsync(node));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_the_node_cleanly(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals here.");
        Assert.SkipWhen(
            signal == "INT" && IgnoresInterrupt(), "The tests were started with SIGINT ignored, and every process inherits that.");
        var configuration = Configuration.Write(folder);
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        // A connected device must not hold the node up.
        var device = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), TestContext.Current.CancellationToken);

        node.Signal(signal);
        var end = await node.ExitAsync(within: TimeSpan.FromSeconds(20));

        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.DoesNotContain("Exception", end.Errors, StringComparison.Ordinal);
        Assert.Empty(end.Output);
        // Closed, not abandoned: SQLite has emptied its log into the database.
        Assert.False(File.Exists(Path.Combine(folder.Path, "data", "civicsense.db-wal")));
    }

    // "SigIgn" of proc(5): bit 1 is signal 2.
    static bool IgnoresInterrupt() => File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Any(line => (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0);
}
