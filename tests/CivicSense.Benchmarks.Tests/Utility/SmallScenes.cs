using System.Globalization;
using System.Text;
using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;
using CivicSense.Release;

namespace CivicSense.Benchmarks.Tests.Utility;

/// <summary>Small neighbourhoods.</summary>
static class SmallScenes
{
    /// <summary>Households in air that never changes.</summary>
    public static (Scene Scene, PrivatePlan Plan) Steady(double air, int days, int areas, int owners) =>
        Of(days, areas, owners, (_, _) => air);

    /// <summary>Households in air that is given by hour and station; of PM2.5 if nothing else is said.</summary>
    public static (Scene Scene, PrivatePlan Plan) Of(int days, int areas, int owners, Func<int, int, double?> air, Quantity? quantity = null)
    {
        var text = new StringBuilder("time," + string.Join(',', Enumerable.Range(0, areas + 1).Select(station => $"S{station}")))
            .Append('\n');
        var start = new DateTimeOffset(2013, 3, 1, 0, 0, 0, TimeSpan.FromHours(8));
        for (var hour = 0; hour < days * 24; hour++)
        {
            text.Append(start.AddHours(hour).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
            for (var station = 0; station <= areas; station++)
                text.Append(',').Append(air(hour, station)?.ToString(CultureInfo.InvariantCulture));
            text.Append('\n');
        }
        using var reader = new StringReader(text.ToString());
        var scene = FieldScene.Create(
            quantity ?? Quantity.Pm25, FieldFile.Read(reader), scale: 1, owners, spikes: false, seed: 1, mostDays: null);
        var options = new DayCost(1, 1e-6).Release(scene.Quantity, scene.Calendar.Zone.Id, owners);
        return (scene, OwnerDayRun.PlanOf(scene, options, scene.Calendar.Days[0]));
    }
}
