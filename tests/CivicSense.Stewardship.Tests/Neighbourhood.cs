using System.Text;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Stewardship.Tests;

/// <summary>
/// Two households. The Millers have a balcony (an SDS011) and a garden (of unknown model), the Smiths an attic (an SDS011).
/// </summary>
static class Neighbourhood
{
    public const int Balcony = 1;
    public const int Garden = 2;
    public const int Attic = 3;
    const int Millers = 1;
    const int Smiths = 2;

    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");
    public static readonly PrivacyDay Day = PrivacyDay.Parse("2026-01-01");
    public static readonly Area Place = Area.FromPosition(52.09, 5.12);
    public static readonly Area OwnArea = Place.AtZoom(11);
    public static readonly Area OtherArea = Area.FromPosition(52.4, 4.9).AtZoom(11);

    public static string SecretOf(string device) => $"the secret: of {device}";

    public static async Task EnrolAsync(IVault vault)
    {
        EnrolmentRequest Request(string owner, string device, string model) =>
            new(owner, device, Place, DeviceSecret.Hash(Encoding.UTF8.GetBytes(SecretOf(device))), model);
        var devices = await vault.EnrolAsync(
            [Request("The Millers", "balcony", "sds011"), Request("The Millers", "garden", ""), Request("The Smiths", "attic", "sds011")],
            TestContext.Current.CancellationToken);
        Assert.Equal([(Balcony, Millers), (Garden, Millers), (Attic, Smiths)], devices.Select(device => (device.Id, device.OwnerId)));
    }

    /// <summary>A plan of the day in which all three take part, from its second hour on.</summary>
    public static PrivatePlan Plan { get; } = new(
        new ReleasePlan
        {
            Day = Day,
            TimeZone = Zone.Id,
            FirstWindow = Day.Windows(Zone)[1],
            LastWindow = Day.Windows(Zone)[^1],
            Areas = [new PlannedArea(OtherArea, 7), new PlannedArea(OwnArea, 9)],
            Quantities =
            [
                new PlannedQuantity(Quantity.Pm25, 0.4m, Math.Sqrt(0.4) / Quantity.Pm25.TypicalDayNorm, Quantity.Pm25.ResidualCap),
                new PlannedQuantity(Quantity.Laeq, 0.3m, Math.Sqrt(0.3) / Quantity.Laeq.TypicalDayNorm, Quantity.Laeq.ResidualCap),
            ],
            Rho = 0.028m,
            Sigma = 4.2257712736425829,
            Grid = 1L << 16,
            ActivityWeight = 1L << 13,
            Calibrations = [new PlannedCalibration("sds011", CalibrationFormula.HackAir2018)],
        },
        [new(Balcony, Millers, 1, "sds011"), new(Garden, Millers, 1), new(Attic, Smiths, 1, "sds011")]);

    public static async Task FixPlanAsync(PrivateNode node, PrivatePlan? plan = null)
    {
        await using var release = await node.Database.Releases.BeginAsync(TestContext.Current.CancellationToken);
        await release.WritePlanAsync(plan ?? Plan, TestContext.Current.CancellationToken);
        await release.CommitAsync(TestContext.Current.CancellationToken);
    }

    public static async Task ReleaseThroughAsync(PrivateNode node, HourWindow window)
    {
        await using var release = await node.Database.Releases.BeginAsync(TestContext.Current.CancellationToken);
        await release.CompleteWindowsAsync(window, TestContext.Current.CancellationToken);
        await release.CommitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Readings of these values, the last of them at <paramref name="last"/>.</summary>
    public static Contribution Sent(int device, Quantity quantity, DateTimeOffset last, params double[] values) => new(
        device, quantity.Ordinal, HourWindow.Containing(last), values.Length,
        values.Sum(value => quantity.Averaging == Averaging.Energetic ? Math.Pow(10, value / 10) : value), last.ToUnixTimeMilliseconds());
}
