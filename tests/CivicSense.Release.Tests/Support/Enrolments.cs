using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Release.Tests;

/// <summary>Enrolments and days for tests.</summary>
static class Enrolments
{
    public static readonly Area Place = Area.Parse("03113232130212");

    public static Arbitrary<int> Seeds { get; } = Arb.From(Gen.Choose(0, int.MaxValue - 1));

    /// <summary>A property over seeds. A failure prints the seed.</summary>
    public static void ForAllSeeds(Action<int> law, int tests = 200) =>
        Prop.ForAll(Seeds, law).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    /// <summary>Up to 60 owners with up to 8 devices each, in a few clusters of cells and sometimes far away.</summary>
    public static Device[] Random(int seed)
    {
        var random = new Random(seed);
        string[] models = ["", "sds011", "pms5003", "homemade"];
        var (owners, spread) = (random.Next(0, 60), random.Next(1, 7));
        var devices = new List<Device>();
        for (var owner = 1; owner <= owners; owner++)
        {
            for (var count = random.Next(1, random.Next(2, 10)); count > 0; count--)
            {
                devices.Add(Device(
                    devices.Count + 1, owner, RandomPlace(random, random.Next(20) == 0 ? 14 : spread),
                    models[devices.Count % models.Length]));
            }
        }
        return [.. devices];
    }

    public static Device Device(int id, int owner, Area place, string model = "") =>
        new(id, owner, string.Create(CultureInfo.InvariantCulture, $"device-{id}"), place, model);

    /// <summary>One device for each owner, all in one cell.</summary>
    public static Device[] InOnePlace(int owners) => [.. Enumerable.Range(1, owners).Select(id => Device(id, id, Place))];

    /// <summary>A cell inside <paramref name="prefix"/>.</summary>
    public static Area Inside(string prefix) => Area.Parse(prefix.PadRight(Area.FinestZoom, '0'));

    public static PrivatePlan Plan(IReadOnlyList<Device> devices, ReleaseOptions? options = null, PrivacyDay? day = null)
    {
        options ??= new ReleaseOptions();
        var planned = day ?? new PrivacyDay(new DateOnly(2026, 3, 4));
        var windows = planned.Windows(TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
        return new PlanBuilder(options).Build(planned, windows[0], windows[^1], devices)!;
    }

    static Area RandomPlace(Random random, int freeDigits) =>
        Area.Parse(Place.QuadKey[..(14 - freeDigits)]
            + string.Concat(Enumerable.Range(0, freeDigits).Select(_ => (char)('0' + random.Next(4)))));
}
