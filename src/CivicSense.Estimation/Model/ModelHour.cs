using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>An hour that the filters of one quantity have reached.</summary>
/// <param name="Window">The hour.</param>
/// <param name="Context">The day's plan; null for an hour that no plan covers.</param>
/// <param name="CityRow">How the city components add up in it.</param>
sealed record ModelHour(HourWindow Window, PlanContext? Context, double[] CityRow);
