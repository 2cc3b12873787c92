using System.Text;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>A household sees what is kept of it, and leaves, while the node runs and its sensor is connected.</summary>
public sealed class OwnerRightsTests : IDisposable
{
    static readonly TimeSpan AMinute = TimeSpan.FromMinutes(1);

    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Household_is_exported_and_deleted_beside_the_running_node()
    {
        var configuration = Configuration.Write(folder);
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var leaving = await Enrolment.AddAsync(configuration, "balcony-distinctive", "The Distinctive Millers");
        var staying = await Enrolment.AddAsync(configuration, "garden", "The Smiths");
        await using var first = await MqttClient.ConnectAsync(leaving.ClientOptions(node.MqttPort), Cancel);
        await using var second = await MqttClient.ConnectAsync(staying.ClientOptions(node.MqttPort), Cancel);
        await PublishAsync(first, leaving);
        await PublishAsync(second, staying);

        var export = await CommandResult.SucceedsAsync("owner", "export", "The Distinctive Millers", "--config", configuration);
        using (var document = JsonDocument.Parse(export.Output))
        {
            Assert.Equal("balcony-distinctive", document.RootElement.GetProperty("devices")[0].GetProperty("name").GetString());
            var held = Assert.Single(document.RootElement.GetProperty("contributions").EnumerateArray());
            Assert.Equal(("pm2_5", 4.5), (held.GetProperty("quantity").GetString(), held.GetProperty("sum").GetDouble()));
            Assert.DoesNotContain("garden", export.Output, StringComparison.Ordinal);
        }

        Assert.True(IsOnDisk("istinctive"));
        var deleted = await CommandResult.SucceedsAsync("owner", "delete", "The Distinctive Millers", "--config", configuration);
        Assert.False(IsOnDisk("istinctive"));

        // Still connected, and acknowledged; but nothing of it is kept.
        await PublishAsync(first, leaving);
        await PublishAsync(second, staying);
        Assert.Equal([2], await CountsAsync());
        var refusal = await Assert.ThrowsAsync<MqttException>(
            () => MqttClient.ConnectAsync(leaving.ClientOptions(node.MqttPort) with { ClientId = "x" }, Cancel));
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, refusal.Reason);
        Assert.Equal(MqttReasonCode.AdministrativeAction, await first.Completion.WaitAsync(AMinute, Cancel));
        Assert.False(second.Completion.IsCompleted);
        Assert.False(IsOnDisk("istinctive"));
    }

    [Fact]
    public async Task Sensor_is_deleted_and_its_name_is_free_again()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");

        var deleted = await CommandResult.SucceedsAsync("device", "delete", "balcony", "--config", configuration);

        await Enrolment.AddAsync(configuration, "balcony", "The Smiths");
    }

    [Theory]
    [InlineData("device", "delete")]
    [InlineData("device", "password")]
    [InlineData("owner", "delete")]
    [InlineData("owner", "export")]
    public async Task Who_is_not_there_is_said_to_be_unknown(string of, string what)
    {
        var configuration = Configuration.Write(folder);
        var none = await NodeProcess.RunAsync(of, what, "nobody", "--config", configuration);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        var unknown = await NodeProcess.RunAsync(of, what, "nobody", "--config", configuration);

        Assert.Equal((1, 1), (none.ExitCode, unknown.ExitCode));
        Assert.Contains("no database", none.Errors, StringComparison.Ordinal);
        Assert.Contains("'nobody'", unknown.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", none.Errors + unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_goes_to_a_new_file_that_only_its_owner_can_read()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Müllers");
        var file = folder.File("export.json");

        var export = await CommandResult.SucceedsAsync("owner", "export", "The Müllers", "--config", configuration, "--output", file);
        Assert.Contains("The Müllers", await File.ReadAllTextAsync(file, Cancel), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(1, (await NodeProcess.RunAsync(
            "owner", "export", "The Müllers", "--config", configuration, "--output", file)).ExitCode);
    }

    static async Task PublishAsync(MqttClient client, Enrolment device)
    {
        await client.PublishAsync(device.TopicBytes, """[{"n":"pm2_5","u":"ug/m3","v":4.5}]"""u8.ToArray(), 1, cancellationToken: Cancel);
        await client.DrainAsync(Cancel);
    }

    async Task<IEnumerable<int>> CountsAsync()
    {
        await using var database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = Path.Combine(folder.File("data"), "civicsense.db"), RunsNode = false }, TimeProvider.System,
            NullLogger.Instance);
        // Messages without a time get that of their arrival; an hour may end in between.
        return (await database.Vault.ReadContributionsAsync(Cancel)).Where(held => held.Quantity == Quantity.Pm25)
            .GroupBy(held => held.DeviceId).Select(held => held.Sum(one => one.Count));
    }

    bool IsOnDisk(string text)
    {
        var trace = Encoding.UTF8.GetBytes(text);
        return Directory.GetFiles(folder.File("data")).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Any(path =>
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var bytes = new byte[file.Length];
                // The running node may shorten or replace a file meanwhile.
                var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                return bytes.AsSpan(0, read).IndexOf(trace) >= 0;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        });
    }
}
