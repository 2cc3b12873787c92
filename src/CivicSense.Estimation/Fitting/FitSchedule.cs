using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// When parameters are fitted: all of them after 14 days of releases, and again after 14, 28, 56, 112, 112, ... days; the season's
/// roughness alone in every week between.
/// </summary>
sealed class FitSchedule
{
    const int Week = 7;

    static readonly int[] Pauses = [0, 14, 28, 56, 112];

    readonly Dictionary<Quantity, (PrivacyDay Day, int Number)> newest = [];
    readonly Dictionary<Quantity, (PrivacyDay Day, int Fits)> whole = [];

    /// <summary>Whether all of a quantity's parameters are to be fitted when a day has closed.</summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="day">The day.</param>
    /// <param name="hours">How many hours there are to fit to.</param>
    public bool IsDue(Quantity quantity, PrivacyDay day, int hours) =>
        hours >= ParameterFit.LeastHours
        && (!whole.TryGetValue(quantity, out var last) || Days(last.Day, day) >= Pauses[Math.Min(last.Fits, Pauses.Length - 1)]);

    /// <summary>Whether the roughness is to be fitted when a day has closed, and nothing else.</summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="day">The day.</param>
    /// <param name="hours">How many hours there are to fit to.</param>
    public bool IsRoughnessDue(Quantity quantity, PrivacyDay day, int hours) =>
        hours >= ParameterFit.LeastHours && newest.TryGetValue(quantity, out var last) && Days(last.Day, day) >= Week;

    /// <summary>The number of the next version.</summary>
    public int Next(Quantity quantity) => newest.GetValueOrDefault(quantity).Number + 1;

    /// <summary>A version is in use since the day that closed before it.</summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="day">The day.</param>
    /// <param name="number">The version's number.</param>
    /// <param name="isWhole">Whether more than the roughness was fitted.</param>
    public void Done(Quantity quantity, PrivacyDay day, int number, bool isWhole)
    {
        newest[quantity] = (day, number);
        if (isWhole)
            whole[quantity] = (day, whole.GetValueOrDefault(quantity).Fits + 1);
    }

    static int Days(PrivacyDay from, PrivacyDay to) => to.Date.DayNumber - from.Date.DayNumber;
}
