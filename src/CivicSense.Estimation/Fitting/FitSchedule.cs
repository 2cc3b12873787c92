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
        && (!done.TryGetValue(quantity, out var last)
            || day.Date.DayNumber - last.Day.Date.DayNumber >= Pauses[Math.Min(last.Number, Pauses.Length - 1)]);

    /// <summary>The number of the next version.</summary>
    public int Next(Quantity quantity) => done.GetValueOrDefault(quantity).Number + 1;

    /// <summary>A version is in use since the day that closed before it.</summary>
    public void Done(Quantity quantity, PrivacyDay day, int number) => done[quantity] = (day, number);
}
