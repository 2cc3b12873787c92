using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Tests;

namespace CivicSense.EndToEnd.Tests.Roles;

/// <summary><c>civicsense doctor</c> says what is in order and what is not, changes nothing, and tells on nobody.</summary>
public sealed class DoctorTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_fresh_configuration_is_in_order_and_stays_untouched()
    {
        var configuration = Configuration.Write(folder);
        var report = await CommandResult.SucceedsAsync("doctor", "--config", configuration);
        Assert.All(Lines(report), line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Equal([configuration], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_running_node_is_recognised_and_nobody_of_it_is_named()
    {
        var port = LoopbackPort.Choose();
        var configuration = Configuration.Write(folder, $"\"http\": {{ \"address\": \"127.0.0.1\", \"port\": {port} }}");
        for (var i = 0; i < 5; i++)
            await Enrolment.AddAsync(configuration, $"gadget-{i}", $"family {i}");
        await using var node = await NodeProcess.RunNodeAsync(configuration);

        var report = await CommandResult.SucceedsAsync("doctor", "--config", configuration);
        AssertSays(report, "ok", $"http port {port}: taken, and a node answers");
        AssertSays(report, "ok", "fence: ");
        AssertSays(report, "ok", "releases: none yet; the next is due at ");
        foreach (var name in new[] { "gadget", "family" })
            Assert.DoesNotContain(name, report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_problem_is_said_with_what_to_do_and_is_the_exit_code()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        folder.Write("broken.pem", "nothing");
        Directory.CreateDirectory(folder.File("data"));
        await (await NodeProcess.RunNodeAsync(Configuration.Write(folder))).DisposeAsync();
        folder.Write(Path.Combine("data", "release-fence.json"), "nothing");
        var configuration = Configuration.Write(folder, $$"""
            "http": { "address": "127.0.0.1", "port": {{port}} },
            "mqttTls": { "address": "127.0.0.1", "port": 0, "certificate": "broken.pem", "certificateKey": "broken.pem" },
            "broker": { "address": "mqtt://127.0.0.1:1" }
            """);

        var report = await NodeProcess.RunAsync("doctor", "--config", configuration);

        Assert.True(report.ExitCode == 1, report.ToString());
        AssertSays(report, "problem", $"http port {port}: taken by another program");
        AssertSays(report, "problem", "certificate of mqttTls: ");
        AssertSays(report, "problem", "broker: 127.0.0.1:1: cannot be reached");
        AssertSays(report, "problem", "fence: The fence file");
    }

    [Fact]
    public async Task A_wrong_configuration_is_the_only_finding()
    {
        var configuration = Configuration.Write(folder, "\"release\": { \"rho\": 7 }");
        var report = await NodeProcess.RunAsync("doctor", "--config", configuration);
        Assert.True(report.ExitCode == 1, report.ToString());
        Assert.StartsWith("problem  configuration: ", Assert.Single(Lines(report)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_says_how_long_it_lasts()
    {
        using var certificates = new TestCertificates();
        TestCertificates.Write(certificates.ForServer(), folder.Path, "server");
        var configuration = Configuration.Write(
            folder, "\"http\": { \"address\": \"127.0.0.1\", \"port\": 0, \"certificate\": \"server.crt\", \"certificateKey\": "
                + "\"server.key\" }");
        var report = await NodeProcess.RunAsync("doctor", "--config", configuration);
        Assert.Contains(Lines(report), line =>
            line.Contains("certificate of http: ", StringComparison.Ordinal) && line.Contains(" days left", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_server_it_says_who_leads_who_takes_readings_and_what_the_logins_may_do()
    {
        await using var scene = await RoleScene.SetAsync();
        await scene.RunAsync("--role", "release", "--name", "release-1");
        await scene.RunAsync("--role", "ingest", "--name", "ingest-1");

        var release = await NodeProcess.RunAsync("doctor", "--config", scene.Configuration, "--role", "release", "--name", "release-1");
        var pages = await NodeProcess.RunAsync("doctor", "--config", scene.Configuration, "--role", "open-data");
        scene.Configure($"\"connection\": {System.Text.Json.JsonSerializer.Serialize(scene.Owner)}");
        var owner = await NodeProcess.RunAsync("doctor", "--config", scene.Configuration);

        Assert.True(release.ExitCode == 0, release.ToString());
        AssertSays(release, "ok", "release lease: held by 'release-1'.");
        AssertSays(release, "ok", "ingest processes: 'ingest-1' was last heard ");
        AssertSays(release, "ok", "schema: ");
        AssertSays(release, "ok", "fence: ");
        // What it says there depends on the server that the tests are given.
        Assert.Contains(Lines(release), line => line.Contains(" durability: ", StringComparison.Ordinal));
        Assert.Contains(Lines(release), line => line.Contains(" backup: 'civicsense backup' can", StringComparison.Ordinal));
        Assert.True(pages.ExitCode == 0, pages.ToString());
        AssertSays(pages, "ok", "login that reads what is public: can read what is public and nothing else.");
        Assert.DoesNotContain("release-1", pages.Output, StringComparison.Ordinal);
        AssertSays(owner, "warning", "owns the database, or is a superuser");
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_or_is_not_prepared_is_a_problem_without_secrets()
    {
        var server = await PostgresServer.GetAsync();
        var connection = await server.CreateDatabaseAsync();
        foreach (var (given, said) in new[] { ("Host=127.0.0.1;Port=1;Database=none;Username=node;Password=hush", "cannot be reached"),
            (connection, "db migrate") })
        {
            var configuration = Configuration.Write(
                folder, $"\"postgres\": {{ \"connection\": {System.Text.Json.JsonSerializer.Serialize(given)} }}");
            var report = await NodeProcess.RunAsync("doctor", "--config", configuration);
            Assert.True(report.ExitCode == 1, report.ToString());
            Assert.Contains(Lines(report), line =>
                line.StartsWith("problem", StringComparison.Ordinal) && line.Contains(said, StringComparison.Ordinal));
            Assert.DoesNotContain("hush", report.Output + report.Errors, StringComparison.Ordinal);
        }
        await server.DropDatabaseAsync(connection);
    }

    static void AssertSays(CommandResult report, string level, string words) => Assert.True(
        Lines(report).Any(line => line.StartsWith(level + " ", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal)),
        $"No '{level}' with '{words}':\n{report}");

    static string[] Lines(CommandResult report) => report.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
