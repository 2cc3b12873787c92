using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;

namespace CivicSense.EndToEnd.Tests.Demo;

public sealed class DemoOnceTests
{
    static readonly string[] Fields =
    [
        "epsilonPerOwnerDay", "keysReleased", "ledgerEntries", "ledgerHead", "messages", "readingsAccepted", "readingsRefused", "refused",
        "rhoPerOwnerDay", "seconds", "windows",
    ];

    [Fact]
    public async Task Demo_once_releases_every_window_and_prints_one_line_of_json()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        var one = await RunAsync(first);
        var two = await RunAsync(second);

        Assert.Equal(Fields, one.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(24, one.GetProperty("windows").GetInt32());
        Assert.Equal(0.028m, one.GetProperty("rhoPerOwnerDay").GetDecimal());
        // The exact Gaussian conversion of rho 0.028 at delta 1e-6, DESIGN section 4.
        Assert.Equal(1.0, one.GetProperty("epsilonPerOwnerDay").GetDouble(), 0.01);
        // The plan, 24 windows and the activity.
        Assert.Equal(26, one.GetProperty("ledgerEntries").GetInt32());

        var verified = await CommandResult.SucceedsAsync("ledger", "verify", "--data", first.Path);
        Assert.Contains("The ledger is whole: 26 entries", verified.Output, StringComparison.Ordinal);
        Assert.Contains(one.GetProperty("ledgerHead").GetString()!, verified.Output, StringComparison.Ordinal);
        Assert.Contains($" {one.GetProperty("keysReleased").GetInt64()} released values", verified.Output, StringComparison.Ordinal);

        // The seed chooses the neighbourhood and never the noise. A reading that is delivered twice or out of order in the same moment as
        // an hour closes may be counted as one or the other, so only the messages are exactly the same.
        var ours = await MeasurementsAsync(first);
        var theirs = await MeasurementsAsync(second);
        Assert.SkipUnless(ours[0].Window == theirs[0].Window, "Midnight fell between the two runs.");
        Assert.Equal(one.GetProperty("messages").GetInt64(), two.GetProperty("messages").GetInt64());
        Assert.Equal(one.GetProperty("readingsAccepted").GetInt64(), two.GetProperty("readingsAccepted").GetInt64());
        Assert.NotEqual(one.GetProperty("ledgerHead").GetString(), two.GetProperty("ledgerHead").GetString());
        Assert.Equal(ours.Select(Key), theirs.Select(Key));
        // Noise of a deviation of hundreds of grid steps: two draws agree less than once in a hundred times, so half of a hundred never do.
        var same = ours.Zip(theirs).Count(pair => pair.First.Value == pair.Second.Value);
        Assert.InRange(same, 0, ours.Count / 2);

        static (HourWindow, Area, Quantity) Key(NoisyMeasurement measurement) =>
            (measurement.Window, measurement.Area, measurement.Quantity);
    }

    [Fact]
    public async Task A_day_at_full_speed_refuses_nothing_for_want_of_room()
    {
        using var folder = new TemporaryFolder();
        var summary = await RunAsync(folder);
        // The simulated faults of this seed: duplicates, malformed and impossible values, and one of thirty devices with a wrong clock.
        // That is under one in twenty-five readings, the same in every run.
        var accepted = summary.GetProperty("readingsAccepted").GetInt64();
        Assert.InRange(summary.GetProperty("readingsRefused").GetInt64(), 1, accepted / 25);
    }

    static async Task<JsonElement> RunAsync(TemporaryFolder folder)
    {
        var demo = await CommandResult.SucceedsAsync(
            "demo", "--once", "--days", "1", "--devices", "30", "--seed", "7", "--time-zone", "UTC", "--data", folder.Path, "--port", "0",
            "--mqtt-port", "0");
        var line = Assert.Single(demo.Output.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("Exception", demo.Errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }

    static async Task<IReadOnlyList<NoisyMeasurement>> MeasurementsAsync(TemporaryFolder folder)
    {
        var commons = SqliteNodeDatabase.OpenCommonsReadOnly(folder.File("civicsense.db"));
        await using var closing = (IAsyncDisposable)commons;
        return await commons.ReadMeasurementsAsync(new MeasurementQuery(), TestContext.Current.CancellationToken);
    }
}
