using CivicSense.Commons;

namespace CivicSense.Stewardship;

/// <summary>What the holder of a device's secret is shown: the page's content, and the JSON at the same address.</summary>
/// <param name="Device">The device.</param>
/// <param name="Time">The node's clock, UTC.</param>
/// <param name="TimeZone">The node's time zone, an IANA name.</param>
/// <param name="State">Whether it works.</param>
/// <param name="Area">Where its values count; null while no area with enough households holds it.</param>
/// <param name="ReleasedUntil">Everything measured before this instant is released and deleted, UTC; null before the first release.</param>
/// <param name="Hours">The hours that are not released yet, the newest first.</param>
sealed record DeviceView(
    DeviceIdentity Device, DateTime Time, string TimeZone, DeviceState State, AreaView? Area, DateTime? ReleasedUntil,
    IReadOnlyList<HourView> Hours);

/// <summary>A device as its holder knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">The model of its particle sensor; null where none is known.</param>
sealed record DeviceIdentity(string Name, string? Model);

/// <summary>A release area as the public knows it.</summary>
/// <param name="QuadKey">The cell.</param>
/// <param name="Name">Its name on the public pages.</param>
sealed record AreaView(string QuadKey, string Name);

/// <summary>One hour of one device.</summary>
/// <param name="Start">Its first instant, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="ReleasedFrom">When it will be released, UTC.</param>
/// <param name="TakesPart">Whether the plan of its day holds the device. If not, nothing of the device is released in this hour.</param>
/// <param name="Values">What the device has measured in it, in the order of the quantities.</param>
sealed record HourView(DateTime Start, DateTime End, DateTime ReleasedFrom, bool TakesPart, IReadOnlyList<ValueView> Values);

/// <summary>One quantity of one device in one hour.</summary>
/// <param name="Quantity">The quantity's id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Readings">How many readings the values are the mean of.</param>
/// <param name="LastReading">The time of the newest, UTC.</param>
/// <param name="Raw">Their mean as the device has sent them, energetic for sound.</param>
/// <param name="Calibrated">The value that goes into the release; null where the device takes no part in this hour.</param>
/// <param name="Calibration">What was done to the raw value; null where nothing was.</param>
/// <param name="IsReleased">Whether the quantity is part of the plan. If not, its values never leave the node.</param>
/// <param name="Estimate">What the public sees of the area; null where there is nothing yet.</param>
sealed record ValueView(
    string Quantity, string Name, string Unit, int Readings, DateTime LastReading, double Raw, double? Calibrated,
    CalibrationView? Calibration, bool IsReleased, EstimateView? Estimate);

/// <summary>How a raw value became a calibrated one.</summary>
/// <param name="Id">The formula's id, which is its version.</param>
/// <param name="Name">The formula's name.</param>
/// <param name="Source">Where it was published.</param>
/// <param name="Humidity">Whose relative humidity it was given.</param>
/// <param name="HumidityPercent">The device's own relative humidity in the hour; null where another was taken.</param>
sealed record CalibrationView(string Id, string Name, string Source, HumiditySource Humidity, double? HumidityPercent);

/// <summary>Where the humidity of a calibration is from.</summary>
enum HumiditySource
{
    /// <summary>The device itself.</summary>
    Device,

    /// <summary>Other devices of the same household in the same area.</summary>
    Household,

    /// <summary>Nobody measured it: the formula says what stands in.</summary>
    Missing,
}

/// <summary>What the public sees of an area: the same hour, or the newest one before it.</summary>
/// <param name="Start">The first instant it covers, UTC.</param>
/// <param name="End">The first instant after, UTC.</param>
/// <param name="Value">The most likely value.</param>
/// <param name="Lower">The lower end of the 95 % interval.</param>
/// <param name="Upper">The upper end.</param>
/// <param name="Status">Whether it may still be revised.</param>
sealed record EstimateView(DateTime Start, DateTime End, double Value, double Lower, double Upper, EstimateStatus Status)
{
    public static EstimateView Of(Estimate estimate) => new(
        estimate.Start.UtcDateTime, estimate.End.UtcDateTime, estimate.Value, estimate.Lower, estimate.Upper, estimate.Status);
}
