namespace CivicSense.Commons;

/// <summary>One official hourly value: public, and an input of the predictions made from <paramref name="KnownFrom"/> on.</summary>
/// <param name="Station">The name of the station, as the steward configured it.</param>
/// <param name="Quantity">What was measured.</param>
/// <param name="Window">The hour that the value is the mean of.</param>
/// <param name="Value">The value in the quantity's unit.</param>
/// <param name="KnownFrom">
/// The window whose release it was first known for; never before <paramref name="Window"/>. With it, every prediction can be done over.
/// </param>
public sealed record ReferenceValue(string Station, Quantity Quantity, HourWindow Window, double Value, HourWindow KnownFrom);

/// <summary>Brings the values of official stations, each once.</summary>
public interface IReferenceSource
{
    /// <summary>
    /// The values that have become known since the last call, ordered by window, station and quantity. They are stored as known from
    /// <paramref name="knownFrom"/> before they are returned. Values of later windows wait. Empty where no station answers: the call
    /// never waits for one.
    /// </summary>
    /// <param name="knownFrom">The window about to be released.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ReferenceValue>> TakeAsync(HourWindow knownFrom, CancellationToken cancellationToken);
}
