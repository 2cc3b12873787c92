using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests;

/// <summary>DESIGN section 2, rule 5: a log is an output.</summary>
public sealed class LogMessagesTests
{
    [Fact]
    public async Task Nothing_that_is_logged_names_a_device_a_household_an_area_or_a_value()
    {
        var start = new DateTimeOffset(2026, 3, 4, 20, 20, 0, TimeSpan.Zero);
        await using var node = new TestNode(start);
        await node.EnrolAsync(4);
        await node.StartAsync(); // too few
        await node.EnrolAsync(2, Enrolments.Inside("0311"));
        var devices = await node.Database.Vault.ReadDevicesAsync(TestNode.Cancel);
        for (var hour = 0; hour < 6; hour++)
        {
            foreach (var device in devices)
                await node.ContributeAsync(device, HourWindow.Containing(start.AddHours(hour)), 43217 + device.Id);
        }
        await node.AdvanceToAsync(start.AddHours(3));
        node.Store.FailOnceAt("CommitAsync");
        node.Clock.Now = start.AddHours(4);
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await node.Cycle.ReleaseDueAsync(TestNode.Cancel));
        await node.Cycle.ReleaseDueAsync(TestNode.Cancel);
        await node.AdvanceToAsync(start.AddHours(5));
        var values = await node.MeasurementsAsync();
        var plan = await node.Database.Commons.FindLatestPlanAsync(TestNode.Cancel);
        await node.ReopenAsync(() => File.Delete(node.FencePath));
        await node.StartAsync(); // gives up a day

        Assert.InRange(node.Log.Lines.Count, 6, 1000);
        Assert.NotEmpty(values);
        string[] secrets =
        [
            "household-", "balcony-", "4321", "4322",
            .. devices.Select(device => device.Place.QuadKey), .. plan!.Areas.Select(area => area.Area.QuadKey),
            .. values.Select(value => value.Value.ToString(CultureInfo.InvariantCulture)).Where(text => text.Length > 4),
        ];
        Assert.All(node.Log.Lines, line => Assert.DoesNotContain(
            secrets, secret => line.Message.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }
}
