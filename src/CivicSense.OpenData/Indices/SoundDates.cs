namespace CivicSense.OpenData;

/// <summary>Reads the hours of sound that the indicators of dates are taken from.</summary>
static class SoundDates
{
    /// <summary>The hours of some dates and of the night after the last one, in one area.</summary>
    public static ValueTask<IReadOnlyList<Estimate>> ReadHoursAsync(
        ICommons commons, Area area, PrivacyDay first, PrivacyDay last, TimeZoneInfo zone, CancellationToken cancellationToken) =>
        commons.ReadEstimatesAsync(
            new EstimateQuery(
                area, Quantity.Laeq, Resolution.Hour, TimeText.StartOf(first, zone), TimeText.StartOf(last.Next.Next, zone),
                26 * (last.Date.DayNumber - first.Date.DayNumber + 2)),
            cancellationToken);

    /// <summary>Of some hours those of one date, from the beginning of its day to the next morning.</summary>
    public static IEnumerable<Estimate> HoursOf(IEnumerable<Estimate> hours, PrivacyDay date, TimeZoneInfo zone)
    {
        var morning = date.Date.ToDateTime(DayPeriods.Standard.DayStart);
        return hours.Where(hour => Local(hour.End) > morning && Local(hour.Start) < morning.AddDays(1));

        DateTime Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone).DateTime;
    }

    /// <summary>The newest date whose night has been released; the dates after it are not over.</summary>
    public static PrivacyDay LastOver(DateTimeOffset releasedUntil, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(releasedUntil, zone).DateTime;
        var today = DateOnly.FromDateTime(local);
        return new PrivacyDay(today.AddDays(TimeOnly.FromDateTime(local) >= DayPeriods.Standard.DayStart ? -1 : -2));
    }
}
