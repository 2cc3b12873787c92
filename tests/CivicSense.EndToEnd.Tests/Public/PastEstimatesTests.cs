using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>A number that somebody has cited can be had back when it has been revised.</summary>
public sealed class PastEstimatesTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Live_hour_is_answered_as_it_was_after_it_has_become_final()
    {
        var configuration = Configuration.Write(folder, """ "timeZone": "UTC", "clock": "event", "eventStart": "2026-03-02T00:00:00Z" """);
        var devices = new List<Enrolment>();
        for (var i = 0; i < 5; i++)
            devices.Add(await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"));
        string estimates, live, seen;
        await using (var node = await NodeProcess.RunNodeAsync(configuration))
        {
            foreach (var device in devices)
                await PublishAsync(node, device, TimeSpan.FromMinutes(30));
            await PublishAsync(node, devices[0], TimeSpan.FromHours(1.5));
            var area = (await WaitForAsync(node, "api/v1/areas", _ => true)).GetProperty("area").GetString();
            estimates = $"api/v1/areas/{area}/estimates?quantity=pm2_5&from=2026-03-02T00:00:00Z&to=2026-03-02T01:00:00Z";
            live = (await WaitForAsync(node, estimates, _ => true)).GetRawText();
            var revisions = estimates.Replace("/estimates?", "/estimates/revisions?", StringComparison.Ordinal);
            seen = (await WaitForAsync(node, revisions, _ => true)).GetProperty("publishedFrom").GetString()!;
            Assert.Contains("\"live\"", live, StringComparison.Ordinal);

            // Nobody may be more than a day ahead.
            foreach (var hours in new[] { 20.5, 40.5, 51.5 })
                await PublishAsync(node, devices[0], TimeSpan.FromHours(hours));
            var final = await WaitForAsync(node, estimates, row => row.GetProperty("status").GetString() == "final");
            Assert.NotEqual(live, final.GetRawText());
            Assert.Equal(live, await AsOfAsync(node));
        }

        await using var again = await NodeProcess.RunNodeAsync(configuration);
        Assert.Equal(live, await AsOfAsync(again));

        // A publication is dated to the second after it, which may be still to come.
        async Task<string> AsOfAsync(NodeProcess node) => (await WaitForAsync(node, $"{estimates}&asOf={seen}", _ => true)).GetRawText();
    }

    static async Task PublishAsync(NodeProcess node, Enrolment device, TimeSpan after)
    {
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), Cancel);
        var payload = string.Create(
            CultureInfo.InvariantCulture, $$"""[{"bt":{{(Start + after).ToUnixTimeSeconds()}},"n":"pm2_5","u":"ug/m3","v":24.5}]""");
        await client.PublishAsync(device.TopicBytes, Encoding.UTF8.GetBytes(payload), 1, cancellationToken: Cancel);
        await client.DrainAsync(Cancel);
    }

    /// <summary>Waits until a list has a row, and the first of them is as it should be.</summary>
    async Task<JsonElement> WaitForAsync(NodeProcess node, string path, Func<JsonElement, bool> isAsItShouldBe)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ItemsAsync(node, path) is [var row, ..] && isAsItShouldBe(row)) return row;
            if (watch.Elapsed > NodeProcess.Patience) throw new TimeoutException($"{path} never was as it should be.\n{node.Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }

    async Task<List<JsonElement>> ItemsAsync(NodeProcess node, string path)
    {
        using var answer = await http.GetAsync(new Uri(node.Address, path), Cancel);
        // Before its first release a node knows no area.
        return answer.IsSuccessStatusCode
            ? [.. JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)).GetProperty("items").EnumerateArray()]
            : [];
    }
}
