using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>A civil month: what a file of a data set covers.</summary>
/// <remarks>
/// Hours belong to the month in UTC in which they start, because partitions by year and month would otherwise mean something else at each
/// node. Days belong to the month of their date at the node: no other month is meant by "1 July".
/// </remarks>
/// <param name="First">The first day of the month.</param>
readonly record struct DatasetMonth(DateOnly First)
{
    public int Year => First.Year;

    public int Month => First.Month;

    public DatasetMonth Next => new(First.AddMonths(1));

    /// <summary>The first hour that starts in it, in UTC.</summary>
    public HourWindow FirstHour => HourWindow.Containing(new DateTimeOffset(First.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));

    /// <summary>The first day in it at the node.</summary>
    public PrivacyDay FirstDay => new(First);

    public static DatasetMonth Of(DateOnly date) => new(new DateOnly(date.Year, date.Month, 1));

    /// <summary>The month in UTC that an hour starts in.</summary>
    public static DatasetMonth Of(HourWindow hour) => Of(DateOnly.FromDateTime(hour.Start.UtcDateTime));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no month of the form yyyy-MM.</exception>
    public static DatasetMonth Parse(string text) => new(DateOnly.ParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture));

    /// <summary>The last hour that any of its files speaks of, in whichever zone the node is.</summary>
    public HourWindow LastHour(TimeZoneInfo zone)
    {
        var inUtc = new HourWindow(Next.FirstHour.Index - 1);
        var atNode = new PrivacyDay(Next.First.AddDays(-1)).Windows(zone)[^1];
        return inUtc > atNode ? inUtc : atNode;
    }

    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
