using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using Microsoft.Data.Sqlite;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>Searches everything a node lets out, its log at the lowest level included, for what must stay private.</summary>
public sealed class LeakTests : IAsyncDisposable
{
    // One of its own: a household more and a new day can change the areas, which other tests look at.
    readonly FinishedDemo demo = new();

    public ValueTask DisposeAsync() => demo.DisposeAsync();

    /// <summary>A value that no simulated sensor has, so that it can be looked for.</summary>
    const string OwnValue = "613.8125";

    [Fact]
    public async Task Nothing_public_names_a_household_a_device_or_a_place()
    {
        var node = await demo.NodeAsync();
        // A cell of its own, so that it must not be published: a release area has at least five households.
        var device = await Enrolment.AddAsync(demo.Configuration, "leak-detector", "The Lookers", latitude: 52.19, longitude: 5.31);
        await PublishThroughAnHourAsync(node, device);
        await ProvokeAsync(node, device);

        var secrets = await PrivateWordsAsync();
        using var face = new PublicFace(node);
        await face.FollowAsync(await AddressesAsync(node));
        await AssertEveryResourceWasAskedAsync(node, face);

        // The node's log says something at this level, or there would be nothing to search.
        Assert.Contains("dbug: ", node.Errors, StringComparison.Ordinal);
        Assert.Contains("Released ", node.Errors, StringComparison.Ordinal);
        Assert.Empty(Found(secrets, "log", node.Errors));
        Assert.Empty(face.Answers.SelectMany(answer => Found(secrets, answer.Key, answer.Value.Text)));
    }

    [Fact]
    public async Task No_client_can_listen_to_the_devices()
    {
        var node = await demo.NodeAsync();
        var anonymous = new MqttClientOptions { Host = "127.0.0.1", Port = node.MqttPort };
        await AssertHearsOnlyWhatIsPublicAsync(anonymous);
        var device = await Enrolment.AddAsync(demo.Configuration, "ear-at-the-wall", "The Curious");
        await AssertHearsOnlyWhatIsPublicAsync(device.ClientOptions(node.MqttPort));
    }

    static async Task AssertHearsOnlyWhatIsPublicAsync(MqttClientOptions options)
    {
        await using var client = await MqttClient.ConnectAsync(options, TestContext.Current.CancellationToken);
        foreach (var filter in new[] { "#", "+/#", "civicsense/#", "civicsense/v1/+/readings", "civicsense/v1/sim-0001/#", "$SYS/#" })
        {
            var denied = await Assert.ThrowsAsync<MqttException>(
                () => client.SubscribeAsync(filter, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal(MqttReasonCode.NotAuthorized, denied.Reason);
        }
        await client.SubscribeAsync("civicsense/v1/public/#", cancellationToken: TestContext.Current.CancellationToken);
        while (client.Messages.TryRead(out var message))
            Assert.StartsWith("civicsense/v1/public/", message.Topic, StringComparison.Ordinal);
    }

    /// <summary>Makes the node accept, refuse, close an hour and release it: whatever it has to say about that it says now.</summary>
    static async Task PublishThroughAnHourAsync(NodeProcess node, Enrolment device)
    {
        using var http = new HttpClient();
        using var health =
            JsonDocument.Parse(await http.GetStringAsync(new Uri(node.Address, "healthz"), TestContext.Current.CancellationToken));
        var due = health.RootElement.GetProperty("nextReleaseDue").GetDateTimeOffset();
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), TestContext.Current.CancellationToken);
        for (var time = due.AddMinutes(-30); time <= due.AddMinutes(10); time = time.AddMinutes(5))
        {
            var payload = string.Create(
                CultureInfo.InvariantCulture, $$"""[{"bt":{{time.ToUnixTimeSeconds()}},"n":"pm2_5","u":"ug/m3","v":{{OwnValue}}}]""");
            await client.PublishAsync(
                device.TopicBytes, Encoding.UTF8.GetBytes(payload), 1, cancellationToken: TestContext.Current.CancellationToken);
        }
        await client.DrainAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(NodeProcess.Patience);
        while (!node.Errors.Contains("Released ", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }

    /// <summary>Wrong in every way a device can be wrong.</summary>
    static async Task ProvokeAsync(NodeProcess node, Enrolment device)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Assert.ThrowsAsync<MqttException>(
            () => MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort) with { Password = "guess" }, cancellationToken));
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), cancellationToken);
        foreach (var payload in new[] { "{", $"[{{\"n\":\"pm2_5\",\"v\":{OwnValue}e9}}]", "[{\"n\":\"leak-detector\",\"v\":1}]" })
            await client.PublishAsync(device.TopicBytes, Encoding.UTF8.GetBytes(payload), 1, cancellationToken: cancellationToken);
        await client.PublishAsync("civicsense/v1/sim-0001/readings"u8.ToArray(), "[]"u8.ToArray(), 1, cancellationToken: cancellationToken);
        await client.DrainAsync(cancellationToken);
        await LookAsync(node, device.Name, device.Secret);
        await LookAsync(node, device.Name, "guess");
        // The same client identifier again takes the connection over, which the node may note.
        await using var other = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), cancellationToken);
        await client.Completion.WaitAsync(NodeProcess.Patience, cancellationToken);
    }

    /// <summary>Looks at a device's private page, or tries to.</summary>
    static async Task LookAsync(NodeProcess node, string name, string secret)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
        using var answer = await http.GetAsync(new Uri(node.Address, "my/device"), TestContext.Current.CancellationToken);
        Assert.Equal(secret == "guess" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, answer.StatusCode);
    }

    async Task<IReadOnlyList<string>> PrivateWordsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={demo.Database};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var names = await ReadAsync(connection, "SELECT name FROM vault_owner UNION SELECT name FROM vault_device");
        var places = await ReadAsync(connection, "SELECT DISTINCT place FROM vault_device");
        var areas = await ReadAsync(connection, "SELECT DISTINCT area FROM measurement");
        var hidden = places.Where(place => !areas.Contains(place)).ToList();
        Assert.True(names.Count > 60, "The demo's households and devices are in the vault.");
        Assert.NotEmpty(hidden);
        return [.. names, .. hidden, OwnValue];
    }

    static async Task<List<string>> ReadAsync(SqliteConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(reader.GetString(0));
        return rows;
    }

    /// <summary>Every resource in every form, for every area and quantity, and errors too.</summary>
    static async Task<List<string>> AddressesAsync(NodeProcess node)
    {
        using var http = new HttpClient();
        using var areas =
            JsonDocument.Parse(await http.GetStringAsync(new Uri(node.Address, "api/v1/areas"), TestContext.Current.CancellationToken));
        var keys = QuadKeys().Matches(areas.RootElement.GetRawText()).Select(match => match.Value.Trim('"')).Distinct().ToList();
        Assert.NotEmpty(keys);
        var addresses = new List<string>
        {
            "/", "/about", "/ledger", "/healthz", "/openapi/v1.json", "/api", "/api/v1/areas", "/api/v1/estimates/latest",
            "/api/v1/ledger/deployment", "/api/v1/datasets",
            "/sta/v1.1/Things?$expand=Datastreams", "/sta/v1.1/Observations", "/ogc/collections/areas/items", "/api/v1/quantities",
            "/api/v1/plan",
            "/api/v1/plan/document", "/api/v1/activity", "/api/v1/references",
            "/api/v1/ledger?limit=20", "/api/v1/ledger/1", "/api/v1/measurements?limit=500&from=2000-01-01", "/nowhere", "/areas/nowhere",
            "/my/device",
            "/api/v1/areas/nowhere/estimates?quantity=pm2_5", "/api/v1/measurements?limit=x",
        };
        addresses.AddRange(
            new[] { "areas", "quantities", "activity", "ledger", "measurements" }.Select(name => $"/api/v1/{name}?format=csv"));
        foreach (var key in keys)
        {
            addresses.Add($"/areas/{key}");
            addresses.AddRange(Quantity.All.SelectMany(quantity => new[] { "hour", "day" }.Select(
                resolution => $"/api/v1/areas/{key}/estimates?quantity={quantity.Id}&resolution={resolution}")));
            addresses.AddRange(Quantity.All.Select(quantity => $"/api/v1/areas/{key}/estimates/revisions?quantity={quantity.Id}"));
        }
        return addresses;
    }

    static async Task AssertEveryResourceWasAskedAsync(NodeProcess node, PublicFace face)
    {
        using var http = new HttpClient();
        using var description =
            JsonDocument.Parse(await http.GetStringAsync(new Uri(node.Address, "openapi/v1.json"), TestContext.Current.CancellationToken));
        var asked = face.Answers.Where(answer => answer.Value.Status == HttpStatusCode.OK)
            .Select(answer => answer.Key.Split('?')[0]).ToList();
        var paths = description.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        Assert.NotEmpty(paths);
        Assert.All(paths, path =>
        {
            var pattern = $"^{Regex.Escape(path).Replace("\\{", "{", StringComparison.Ordinal)}$";
            var template = new Regex(Regex.Replace(pattern, @"\{[^}]+\}", "[^/]+"));
            Assert.Contains(asked, address => template.IsMatch(address));
        });
    }

    static IEnumerable<string> Found(IReadOnlyList<string> words, string where, string text) =>
        words.Where(word =>
            Regex.IsMatch(text, $"(?<![0-9A-Za-z]){Regex.Escape(word)}(?![0-9A-Za-z])", RegexOptions.IgnoreCase))
            .Select(word => $"'{word}' in {where}");

    static Regex QuadKeys() => new("\"[0-3]{2,23}\"");
}
