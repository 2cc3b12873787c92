namespace CivicSense.Commons;

/// <summary>One released number: the sum of the owners' clipped residuals for one key and window, with discrete Gaussian noise.</summary>
/// <remarks>Released exactly once and public for ever. Grid, sigma and weight stand in the plan of the window's day.</remarks>
/// <param name="Window">The hour.</param>
/// <param name="Area">The release area.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Value">The noisy sum in grid steps.</param>
/// <param name="Baseline">The public prediction that residuals were taken from, in the quantity's unit.</param>
/// <param name="LedgerSequence">The ledger entry that released it.</param>
public sealed record NoisyMeasurement(HourWindow Window, Area Area, Quantity Quantity, long Value, double Baseline, long LedgerSequence);

/// <summary>How many owners were active in an area on a day, times the plan's activity weight, with discrete Gaussian noise.</summary>
/// <param name="Day">The privacy day.</param>
/// <param name="Area">The release area.</param>
/// <param name="Value">The noisy sum in grid steps.</param>
/// <param name="LedgerSequence">The ledger entry that released it.</param>
public sealed record NoisyActivity(PrivacyDay Day, Area Area, long Value, long LedgerSequence);
