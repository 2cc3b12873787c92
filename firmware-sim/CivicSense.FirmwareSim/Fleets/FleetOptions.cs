using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace CivicSense.FirmwareSim;

/// <summary>A simulated neighbourhood.</summary>
public sealed record FleetOptions
{
    /// <summary>The number of devices: 1 to 100,000, default 120.</summary>
    [Range(1, 100_000)]
    public int Devices { get; init; } = 120;

    /// <summary>The number of households, at most one per device. Null (the default) means 0.85 per device: some have two.</summary>
    [Range(1, 100_000)]
    public int? Owners { get; init; }

    /// <summary>Which neighbourhood this is: the same seed sends the same readings. Secrets do not depend on it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The first instant of the history; whole seconds.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The first instant after the history; whole seconds, later than <see cref="Start"/>, by ten years at most.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>The time between two messages of a device: whole seconds, 1 s to 1 h, default 150 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>What every message holds; default PM2.5, PM10, sound and temperature.</summary>
    public IReadOnlyList<SimulatedQuantity> QuantitiesPerMessage { get; init; } =
        [SimulatedQuantity.Pm25, SimulatedQuantity.Pm10, SimulatedQuantity.Laeq, SimulatedQuantity.Temperature];

    /// <summary>Latitude of the centre in degrees, -80 to 80; default 52.09.</summary>
    [Range(-80.0, 80.0)]
    public double Latitude { get; init; } = 52.09;

    /// <summary>Longitude of the centre in degrees, -179 to 179; default 5.12.</summary>
    [Range(-179.0, 179.0)]
    public double Longitude { get; init; } = 5.12;

    /// <summary>
    /// The zoom of the five quadtree cells that the households live in: 8 to 18, default 14 (1.5 km wide at 52 degrees north). The least
    /// populated holds four of every 25 households.
    /// </summary>
    [Range(8, 18)]
    public int AreaZoom { get; init; } = 14;

    /// <summary>Whose clocks traffic, kitchens and sleep follow; default UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether anything goes wrong; default true.</summary>
    public bool Faults { get; init; } = true;

    /// <summary>How much goes wrong if <see cref="Faults"/> is true.</summary>
    public FaultRates FaultRates { get; init; } = new();

    /// <summary>
    /// The share of devices that send the Sensor.Community firmware's body when live, 0 to 1, default 0.1. That body has no time and cannot
    /// be replayed, so these devices send SenML for the history as all others do.
    /// </summary>
    [Range(0.0, 1.0)]
    public double AirRohrShare { get; init; } = 0.1;

    /// <summary>The number of households, worked out if <see cref="Owners"/> is null.</summary>
    internal int OwnerCount => Owners ?? Math.Max(1, (int)Math.Round(0.85 * Devices));

    /// <summary>Checks all options.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        CheckRanges(this, nameof(FleetOptions));
        CheckRanges(FaultRates, $"{nameof(FleetOptions)}.{nameof(FaultRates)}");
        if (Owners > Devices) Refuse(nameof(Owners), Owners, $"at most {nameof(Devices)} ({Devices})");
        if (Start.ToUnixTimeSeconds() < 0) Refuse(nameof(Start), Start, "1970 or later");
        if (!IsWhole(Start.TimeOfDay)) Refuse(nameof(Start), Start, "in whole seconds");
        if (!IsWhole(End.TimeOfDay)) Refuse(nameof(End), End, "in whole seconds");
        if (End <= Start || End > Start.AddYears(10)) Refuse(nameof(End), End, $"after {nameof(Start)} ({Start:O}) by ten years at most");
        if (!IsWhole(Interval) || Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromHours(1))
            Refuse(nameof(Interval), Interval, "in whole seconds from 00:00:01 to 01:00:00");
        if (QuantitiesPerMessage.Count == 0 || QuantitiesPerMessage.Any(q => !Enum.IsDefined(q)))
            Refuse(nameof(QuantitiesPerMessage), string.Join(", ", QuantitiesPerMessage), "one or more known quantities");

        static bool IsWhole(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0;

        static void Refuse(string key, object? value, string range) =>
            throw new ArgumentException(FormattableString.Invariant($"{nameof(FleetOptions)}.{key} is {value}; it must be {range}."), key);
    }

    static void CheckRanges(object options, string name)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range || property.GetValue(options) is not { } value) continue;
            if (range.IsValid(value)) continue;
            throw new ArgumentException(
                FormattableString.Invariant($"{name}.{property.Name} is {value}; it must be from {range.Minimum} to {range.Maximum}."),
                property.Name);
        }
    }
}
