using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Archive;

/// <summary>What an archive holds: an estimate for each area, quantity and hour, and for each day.</summary>
/// <param name="Days">How long it is.</param>
/// <param name="AreaCount">How many areas it covers.</param>
sealed record ArchiveShape(int Days, int AreaCount)
{
    /// <summary>The columns of the table, in the order in which they are filled.</summary>
    public const string Columns = "area, quantity, resolution, start, until, value, standard_error, lower, upper, status, published_at";

    /// <summary>
    /// The columns after the times. Sixteen digits, as estimates have them: shorter numbers would take less room than real ones. Written so
    /// that every database understands it.
    /// </summary>
    public const string Values =
        "12 + sin(start * 1e-8 + quantity), 1.1 + 0.1 * cos(start * 1e-8), 10 + sin(start * 1e-8), 14 + sin(start * 1e-8), 1, start";

    public static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first hour.</summary>
    public static HourWindow FirstWindow { get; } = HourWindow.Containing(Begin);

    public static IReadOnlyList<Quantity> Quantities { get; } = [Quantity.Pm25, Quantity.Pm10, Quantity.No2, Quantity.Laeq];

    public IReadOnlyList<Area> Areas { get; } = [.. Enumerable.Range(0, AreaCount).Select(AreaOf).Order()];

    public DateTimeOffset End => Begin.AddDays(Days);

    public int LatestCount => AreaCount * Quantities.Count;

    public long Rows => (long)LatestCount * Days * 25;

    /// <summary>Under which name an archive of this shape is kept.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"civicsense-archive-{AreaCount}-areas-{Days}-days.db");

    static Area AreaOf(int number) => Area.FromPosition(50 + number / 25 * 0.02, 4 + number % 25 * 0.03);
}
