using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>Small public and private things to store.</summary>
static class Samples
{
    public static readonly Area Place = Area.FromPosition(51.5, -0.1);
    public static readonly Area North = Area.Parse("03131313110");
    public static readonly Area NorthInner = Area.Parse("031313131103");
    public static readonly Area South = Area.Parse("03131313112");
    public static readonly PrivacyDay Day = new(new DateOnly(2026, 6, 1));
    public static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));

    public static byte[] Secret(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    public static EnrolmentRequest Request(string owner, string device, byte secret = 1) => new(owner, device, Place, Secret(secret));

    public static Contribution Contribution(int device, HourWindow window, Quantity? quantity = null, double sum = 12.5, int count = 3) =>
        new(device, (quantity ?? Quantity.Pm25).Ordinal, window, count, sum, window.Start.ToUnixTimeMilliseconds() + 1);

    public static NoisyMeasurement Measurement(HourWindow window, Area area, Quantity quantity, long value = 5) =>
        new(window, area, quantity, value, 12.25, 1);

    public static ReleasePlan Plan(PrivacyDay day, decimal rho = 0.028m) => new()
    {
        Day = day,
        TimeZone = "Europe/London",
        FirstWindow = HourWindow.Containing(new DateTimeOffset(day.Date.ToDateTime(new TimeOnly(2, 0)), TimeSpan.Zero)),
        LastWindow = HourWindow.Containing(new DateTimeOffset(day.Date.ToDateTime(new TimeOnly(22, 0)), TimeSpan.Zero)),
        Areas = [new PlannedArea(North, 7), new PlannedArea(South, 9)],
        Quantities = [new PlannedQuantity(Quantity.Pm25, 0.4m, 0.42, 1.1), new PlannedQuantity(Quantity.Laeq, 0.3m, 0.27, 1.5)],
        Rho = rho,
        Sigma = 4.2257712736425829,
        Grid = 1L << 30,
        ActivityWeight = 1L << 28,
        Calibrations = [new PlannedCalibration("sds011", CalibrationFormula.HackAir2018)],
    };

    public static PrivatePlan PrivatePlan(PrivacyDay day, decimal rho = 0.028m) =>
        new(Plan(day, rho), [new PlannedDevice(1, 1, 0), new PlannedDevice(2, 1, 1, "sds011"), new PlannedDevice(5, 3, 1)]);

    public static LedgerEntry Entry(long sequence, string previousHash, LedgerEntryKind kind = LedgerEntryKind.Window) =>
        LedgerEntry.Create(
        new LedgerRecord(
            sequence, kind, new DateTimeOffset(2026, 6, 1, 8, 10, 0, TimeSpan.Zero), Day, Window, new string('a', 64), 4,
            ValuesHash.OfNothing, 0.028m),
        previousHash);

    public static ReferenceValue Reference(
        string station, HourWindow window, double value, HourWindow knownFrom, Quantity? quantity = null) =>
        new(station, quantity ?? Quantity.Pm25, window, value, knownFrom);

    public static ModelVersion Model(Quantity quantity, int number, HourWindow from, params (string Name, double Value)[] values) =>
        new(quantity, number, from, values.ToImmutableSortedDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal));

    public static Estimate Estimate(
        Area area, HourWindow window, double value, EstimateStatus status = EstimateStatus.Live, Quantity? quantity = null,
        Resolution resolution = Resolution.Hour) =>
        new(area, quantity ?? Quantity.Pm25, resolution, window.Start, window.End, value, 0.5, value - 1, value + 1, status);
}
