using System.Net;
using System.Text.Json;
using CivicSense.EndToEnd.Tests.Durability;
using CivicSense.EndToEnd.Tests.Faults;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Roles;

/// <summary>Processes of one role each, with logins that may do no more than the role needs, make one node.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    static readonly string[] Public = ["", "about", "ledger", "api/v1/areas", "api/v1/ledger", "openapi/v1.json"];

    readonly HttpClient client = new();
    RoleScene scene = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => scene = await RoleScene.SetAsync();

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (scene is not null)
            await scene.DisposeAsync();
    }

    [Fact]
    public async Task Open_data_process_serves_the_pages_and_the_api_with_a_login_that_may_only_read_the_commons()
    {
        await PlanAsync();
        var data = scene.Folder.File("data");
        Directory.Delete(data, recursive: true);
        scene.Configure($"\"publicConnection\": {scene.Connection("pages")}");
        var pages = await scene.RunAsync("--role", "open-data");

        foreach (var path in Public)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(pages, path));
        Assert.Contains("\"plan\"", await GetAsync(pages, "api/v1/ledger"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(pages, "my/device"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(pages, "mqtt"));
        Assert.Equal(0, pages.MqttPort);
        Assert.DoesNotContain("may also read the vault", pages.Errors, StringComparison.Ordinal);
        // Another user of the machine may run it: it has nothing to keep.
        Assert.False(Directory.Exists(data));
        await StopAsync(pages);
    }

    [Fact]
    public async Task Open_data_process_warns_where_its_login_could_read_the_vault()
    {
        scene.Configure($"\"publicConnection\": {scene.Connection("ingest")}");
        var pages = await scene.RunAsync("--role", "open-data");
        await pages.SaysAsync("may also read the vault");
        var report = await NodeProcess.RunAsync("doctor", "--config", scene.Configuration, "--role", "open-data");
        Assert.Contains("may also read the vault", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingest_process_takes_readings_and_serves_their_owners_and_nothing_public()
    {
        scene.Configure($"\"ingestConnection\": {scene.Connection("ingest")}");
        var device = await Enrolment.AddAsync(scene.Configuration, "balcony", "household 1");
        var ingest = await scene.RunAsync("--role", "ingest", "--name", "ingest-1");

        await using (var publisher = new PersistentPublisher(device, () => Task.FromResult(ingest.MqttPort)))
            await publisher.PublishAsync([new TestMessage(TimeProvider.System.GetUtcNow(), 12, 8)], Cancel);

        Assert.Equal("ingest-1:2",
            await scene.AskAsync("SELECT ingest_node || ':' || count(*) FROM vault.contribution GROUP BY ingest_node"));
        foreach (var path in Public)
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(ingest, path));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ingest, "healthz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ingest, "assets/style.css"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(ingest, "my/device"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, await StatusAsync(ingest, "mqtt"));
        await StopAsync(ingest);
    }

    [Fact]
    public async Task Release_process_fixes_the_plan_keeps_its_own_fence_and_serves_its_health_only()
    {
        await EnrolAsync();
        scene.Configure($"\"releaseConnection\": {scene.Connection("release")}");
        var release = await scene.RunAsync("--role", "release", "--name", "release-1");

        Assert.Equal(1L, await scene.AskAsync("SELECT count(*) FROM commons.ledger"));
        Assert.True(File.Exists(Path.Combine(scene.Folder.Path, "data", "release-1", "release-fence.json")));
        foreach (var path in Public.Append("my/device").Append("mqtt"))
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(release, path));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(release, "healthz"));
        Assert.Equal(0, release.MqttPort);
        await StopAsync(release);
    }

    [Fact]
    public async Task All_processes_agree_about_when_the_next_release_is_due()
    {
        await EnrolAsync();
        NodeProcess[] processes =
        [
            await scene.RunAsync("--role", "release", "--name", "release-1"),
            await scene.RunAsync("--role", "release", "--name", "release-2"),
            await scene.RunAsync("--role", "ingest", "--name", "ingest-1"), await scene.RunAsync("--role", "ingest", "--name", "ingest-2"),
            await scene.RunAsync("--role", "open-data"), await scene.RunAsync("--role", "open-data", "--name", "pages-2"),
        ];
        // Not at the first look where a window falls due between two answers.
        await FaultScene.UntilAsync(async () => await DuesAsync(processes) == 1, () => "They do not agree.");
        // The one that stops lets the other lead at once, and readings go on.
        await StopAsync(processes[0]);
        await StopAsync(processes[2]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(processes[1], "healthz"));
        await processes[1].SaysAsync("This process releases from now on");
    }

    [Fact]
    public async Task Whole_nodes_stand_beside_each_other_where_each_has_a_name()
    {
        await EnrolAsync();
        var one = await scene.RunAsync("--name", "one");
        var two = await scene.RunAsync("--name", "two");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(two, "api/v1/ledger"));
        Assert.NotEqual(one.MqttPort, two.MqttPort);
        Assert.Equal(1L, await scene.AskAsync("SELECT count(*) FROM commons.ledger"));
        await StopAsync(one);
        await StopAsync(two);
    }

    [Fact]
    public async Task Ports_of_the_command_line_win_over_those_of_the_file()
    {
        scene.Configure($"\"ingestConnection\": {scene.Connection("ingest")}", "\"mqtt\": { \"address\": \"127.0.0.1\", \"port\": 1 }");
        var ingest = await scene.RunAsync("--role", "ingest", "--name", "ingest-1", "--mqtt-port", "0", "--http-port", "0");
        Assert.NotEqual(1, ingest.MqttPort);
    }

    [Fact]
    public async Task A_second_process_of_the_same_name_is_told_to_take_another()
    {
        await scene.RunAsync("--role", "ingest", "--name", "ingest-1");
        var second = await NodeProcess.RunAsync("run", "--config", scene.Configuration, "--role", "ingest", "--name", "ingest-1");
        Assert.True(second.ExitCode == 1 && second.Errors.Contains("--name", StringComparison.Ordinal), second.ToString());
    }

    [Theory]
    [InlineData("ingest", "pages", "civicsense_ingest")]
    [InlineData("ingest", "release", "civicsense_ingest")]
    [InlineData("release", "ingest", "civicsense_release")]
    [InlineData("release", "pages", "civicsense_release")]
    public async Task A_login_of_another_role_is_refused_with_the_role_that_it_lacks(string role, string login, string missing)
    {
        scene.Configure($"\"connection\": {scene.Connection(login)}");
        var refused = await NodeProcess.RunAsync("run", "--config", scene.Configuration, "--role", role, "--name", "a");
        Assert.True(refused.ExitCode == 1 && refused.Errors.Contains(missing, StringComparison.Ordinal), refused.ToString());
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
    }

    async Task EnrolAsync()
    {
        for (var i = 0; i < 5; i++)
            await Enrolment.AddAsync(scene.Configuration, $"device-{i}", $"household {i}");
    }

    async Task PlanAsync()
    {
        await EnrolAsync();
        await StopAsync(await scene.RunAsync("--role", "release", "--name", "release-1"));
    }

    static async Task StopAsync(NodeProcess process)
    {
        process.Signal("TERM");
        var end = await process.ExitAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
    }

    /// <summary>How many different answers the processes give to the question when the next release is due.</summary>
    async Task<int> DuesAsync(NodeProcess[] processes)
    {
        var due = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in processes)
        {
            using var health = JsonDocument.Parse(await GetAsync(process, "healthz"));
            due.Add(health.RootElement.GetProperty("nextReleaseDue").GetString()!);
        }

        return due.Count;
    }

    async Task<HttpStatusCode> StatusAsync(NodeProcess process, string path)
    {
        using var answer = await client.GetAsync(new Uri(process.Address, path), Cancel);
        return answer.StatusCode;
    }

    Task<string> GetAsync(NodeProcess process, string path) => client.GetStringAsync(new Uri(process.Address, path), Cancel);
}
