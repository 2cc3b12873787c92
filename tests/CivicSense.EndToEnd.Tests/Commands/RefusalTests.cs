using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>What cannot be done is refused with exit code 1 and a sentence that says what to do.</summary>
public sealed class RefusalTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static void AssertRefused(CommandResult result, params string[] said)
    {
        Assert.True(result.ExitCode == 1, result.ToString());
        foreach (var words in said) Assert.Contains(words, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Output, StringComparison.Ordinal);
    }

    async Task<CommandResult> RunWithAsync(string configuration) =>
        await NodeProcess.RunAsync("run", "--config", folder.Write("refused.json", configuration));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_taken_port_is_named_with_the_options_that_choose_another(bool isHttp)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var result = await NodeProcess.RunAsync("demo", "--once", "--devices", "10", "--days", "1",
            "--port", isHttp ? port : "0", "--mqtt-port", isHttp ? "0" : port);

        AssertRefused(result, port, "--port", "--mqtt-port", "http.port", "mqtt.port");
        Assert.Single(result.Errors.Trim().Split('\n'), line => line.StartsWith("civicsense:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        // Below a file no folder can be made, not even by the superuser.
        var data = Path.Combine(folder.Write("file", ""), "data");
        var result = await NodeProcess.RunAsync("demo", "--once", "--port", "0", "--mqtt-port", "0", "--data", data);
        AssertRefused(result, data, "--data", "permissions");
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_left_alone()
    {
        var path = folder.File("civicsense.db");
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance).DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 9999";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var configuration = Configuration.Write(folder, """ "data": "." """);

        AssertRefused(await NodeProcess.RunAsync("run", "--config", configuration), path, "9999", "newer");
        AssertRefused(await NodeProcess.RunAsync("ledger", "verify", "--data", folder.Path), path, "9999", "newer");
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_alone()
    {
        folder.Write("civicsense.db", new string('x', 4096));
        var configuration = Configuration.Write(folder, """ "data": "." """);
        AssertRefused(await NodeProcess.RunAsync("run", "--config", configuration), "civicsense.db", "not an SQLite database");
    }

    [Fact]
    public async Task A_demo_does_not_touch_a_database_that_is_there()
    {
        folder.Write("civicsense.db", "");
        var result = await NodeProcess.RunAsync("demo", "--once", "--port", "0", "--mqtt-port", "0", "--data", folder.Path);
        AssertRefused(result, "--data", folder.Path, "already");
    }

    [Fact]
    public async Task A_missing_configuration_is_named()
    {
        var path = folder.File("nowhere.json");
        AssertRefused(await NodeProcess.RunAsync("run", "--config", path), path, "docs/configuration.md", "civicsense demo");
    }

    [Fact]
    public async Task An_unknown_setting_is_named() =>
        AssertRefused(await RunWithAsync("""{ "neighbourhod": "x" }"""), "refused.json", "neighbourhod", "docs/configuration.md");

    [Fact]
    public async Task A_setting_of_another_kind_is_named() =>
        AssertRefused(await RunWithAsync("""{ "release": { "rho": "much" } }"""), "refused.json", "release.rho");

    [Theory]
    [InlineData("""{ "http": { "port": 70000 } }""", "http.port", "70000", "0 to 65535")]
    [InlineData("""{ "mqtt": { "address": "home" } }""", "mqtt.address", "home", "an IP address")]
    [InlineData("""{ "release": { "rho": 7 } }""", "release.rho", "7", "0.0001 to 1")]
    [InlineData("""{ "release": { "latenessMinutes": 90 } }""", "release.latenessMinutes", "90", "0 to 50")]
    [InlineData("""{ "release": { "ingestTimeoutSeconds": 1e300 } }""", "release.ingestTimeoutSeconds", "1E+300", "5 to 3600")]
    [InlineData("""{ "release": { "latenessMinutes": 1e300 } }""", "release.latenessMinutes", "1E+300", "0 to 50")]
    [InlineData("""{ "release": { "minimumOwnersPerArea": 1 } }""", "release.minimumOwnersPerArea", "1", "5 to 1000")]
    [InlineData("""{ "release": { "pacing": 0.5 } }""", "release.pacing", "0.5", "0, or 1 to 5")]
    [InlineData("""{ "release": { "shares": { "radon": 0.1 } } }""", "release.shares", "radon", "pm2_5")]
    [InlineData("""{ "release": { "calibrations": { "sds011": "hackair" } } }""", "release.calibrations.sds011", "hackair", "hackair-2018")]
    [InlineData("""{ "release": { "calibrations": { "SDS011": "none" } } }""", "release.calibrations", "SDS011", "a-z, 0-9 and hyphen")]
    [InlineData("""{ "timeZone": "Middle/Earth" }""", "timeZone", "Middle/Earth", "IANA")]
    [InlineData("""{ "eventStart": "2026-01-01T00:00:00Z" }""", "eventStart", "clock", "event")]
    public async Task A_value_out_of_range_is_told_with_key_value_and_range(string configuration, string key, string value, string range) =>
        AssertRefused(await RunWithAsync(configuration), "refused.json", key, value, range);

    [Fact]
    public async Task The_event_clock_needs_a_beginning() =>
        AssertRefused(await RunWithAsync("""{ "clock": "event" }"""), "eventStart");

    [Theory]
    [InlineData("--name", "Upper", "--latitude", "52", "--name", "Upper")]
    [InlineData("--name", "ok", "--latitude", "91", "--latitude", "91")]
    public async Task A_device_that_cannot_be_is_refused(
        string first, string name, string second, string latitude, string option, string value)
    {
        var result = await NodeProcess.RunAsync(
            "device", "add", "--data", folder.Path, "--owner", "x", "--longitude", "5", first, name, second, latitude);
        AssertRefused(result, option, value, "not allowed");
    }

    [Fact]
    public async Task A_model_that_cannot_be_is_refused_and_so_is_one_for_a_sensor_that_is_not_there()
    {
        AssertRefused(
            await NodeProcess.RunAsync(
                "device", "add", "--data", folder.Path, "--owner", "x", "--name", "ok", "--latitude", "52", "--longitude", "5",
                "--model", "SDS011"),
            "--model", "SDS011", "not allowed");
        AssertRefused(
            await NodeProcess.RunAsync("device", "model", "--data", folder.Path, "--name", "ok", "--model", "sds011"),
            folder.Path, "--data");
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = folder.File("civicsense.db") }, TimeProvider.System, NullLogger.Instance)
            .DisposeAsync();
        AssertRefused(
            await NodeProcess.RunAsync("device", "model", "--data", folder.Path, "--name", "ok", "--model", "sds011"), "--name", "ok",
            "enrolled");
    }

    [Fact]
    public async Task A_number_out_of_range_on_the_command_line_is_told_with_its_range()
    {
        var result = await NodeProcess.RunAsync("demo", "--days", "0");
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("--days: 0 is not allowed; allowed is 1 to 60.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_is_not_there_is_not_whole() =>
        AssertRefused(await NodeProcess.RunAsync("ledger", "verify", "--data", folder.File("nowhere")), "nowhere", "--data");

    [Theory]
    [InlineData(""" "mqtt": { "limits": { "maximumTopicLevels": 800 } } """, "mqtt.limits.maximumTopicLevels is 800")]
    [InlineData(""" "mqtt": { "limits": { "maximumAnonymousReaders": 0 } } """, "mqtt.limits.maximumAnonymousReaders: 0")]
    [InlineData(""" "mqtt": { "webSocketOrigins": ["https://map.example.org/page"] } """,
        "mqtt.webSocketOrigins: 'https://map.example.org/page'")]
    [InlineData(""" "mqtt": { "clientCertificateAuthority": "a.pem" } """, "mqtt.clientCertificateAuthority")]
    [InlineData(""" "mqttTls": { "port": 8883 } """, "mqttTls.certificate")]
    [InlineData(""" "isConformanceProfile": true """, "isConformanceProfile")]
    public async Task A_wrong_setting_of_MQTT_is_named(string settings, string said) =>
        AssertRefused(await RunWithAsync($"{{ {settings} }}"), said);

    [Fact]
    public async Task The_conformance_profile_refuses_a_folder_with_sensors()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        var result = await NodeProcess.RunAsync("run", "--config", configuration, "--mqtt-profile", "conformance");
        AssertRefused(result, "sensors are enrolled");
    }

    [Fact]
    public async Task The_conformance_profile_refuses_to_be_reached_from_elsewhere()
    {
        var configuration = folder.Write("open.json", """{ "mqtt": { "address": "0.0.0.0", "port": 0 } }""");
        var result = await NodeProcess.RunAsync("run", "--config", configuration, "--mqtt-profile", "conformance");
        AssertRefused(result, "mqtt.address", "127.0.0.1");
    }
}
