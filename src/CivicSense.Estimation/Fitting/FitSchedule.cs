using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>When parameters are fitted: after 14 days of releases, and again after 14, 28, 56, 112, 112, ... days.</summary>
sealed class FitSchedule
{
    static readonly int[] Pauses = [0, 14, 28, 56, 112];

    readonly Dictionary<Quantity, (PrivacyDay Day, int Number)> done = [];

    /// <summary>Whether a quantity's parameters are to be fitted when a day has closed.</summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="day">The day.</param>
    /// <param name="hours">How many hours there are to fit to.</param>
    public bool IsDue(Quantity quantity, PrivacyDay day, int hours) =>
        hours >= ParameterFit.LeastHours
        && (!done.TryGetValue(quantity, out var last) || day.Date.DayNumber - last.Day.Date.DayNumber >= Pauses[Math.Min(last.Number, Pauses.Length - 1)]);

    /// <summary>A fit has been done when a day closed.</summary>
    public void Done(Quantity quantity, PrivacyDay day) => done[quantity] = (day, done.GetValueOrDefault(quantity).Number + 1);
}
