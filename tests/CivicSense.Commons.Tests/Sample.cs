namespace CivicSense.Commons.Tests;

/// <summary>Public things to write and hash.</summary>
static class Sample
{
    public static readonly PrivacyDay Day = PrivacyDay.Parse("2026-06-01");
    public static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));
    public static readonly Area North = Area.Parse("0313131311");
    public static readonly Area South = Area.Parse("0313131312");

    public static ReleasePlan Plan() => new()
    {
        Day = Day,
        TimeZone = "Europe/London",
        FirstWindow = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 2, 0, 0, TimeSpan.Zero)),
        LastWindow = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 22, 0, 0, TimeSpan.Zero)),
        Areas = [new PlannedArea(North, 7), new PlannedArea(South, 9)],
        Quantities = [new PlannedQuantity(Quantity.Pm25, 0.40m, 0.42, Math.Log(3)), new PlannedQuantity(Quantity.Laeq, 0.30m, 0.27, 1.5)],
        Rho = 0.028m,
        Sigma = 1 / Math.Sqrt(2 * 0.028),
        Grid = 1L << 30,
        ActivityWeight = 1L << 28,
    };

    public static LedgerRecord Record(long sequence = 7, LedgerEntryKind kind = LedgerEntryKind.Window) => new(
        sequence, kind, new DateTimeOffset(2026, 6, 1, 8, 10, 5, TimeSpan.Zero), Day, kind == LedgerEntryKind.Window ? Window : null,
        new string('a', 64), 4, ValuesHash.OfNothing, 0.028m);

    public static NoisyMeasurement[] Measurements(long sequence = 2) =>
    [
        new(Window, North, Quantity.Pm25, -42, 12.25, sequence),
        new(Window, South, Quantity.Laeq, 7, 52.1, sequence),
    ];

    public static NoisyActivity[] Activity(long sequence = 3) => [new(Day, North, -3, sequence), new(Day, South, 1L << 28, sequence)];
}
