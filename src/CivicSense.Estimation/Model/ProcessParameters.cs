using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The fixed public constants of one quantity's state-space model. All deviations are standard deviations on the model scale.
/// </summary>
/// <remarks>
/// A retention is the share of a component that is left after one hour: its correlation with itself one hour later.
/// docs/estimation.md says where each number comes from; none was read from anybody's private data.
/// </remarks>
public sealed record ProcessParameters
{
    /// <summary>
    /// The deviation of the slow city level, in units of the quantity's <see cref="Quantity.PriorDeviation"/>: the level of some weeks
    /// differs
    /// from the prior mean by more than that of years does.
    /// </summary>
    public const double LevelSpread = 1.5;

    /// <summary>Retention of the slow city level.</summary>
    public double LevelRetention { get; init; } = 0.9995;

    /// <summary>Deviation of the hourly city component (weather, episodes).</summary>
    public required double CityDeviation { get; init; }

    /// <summary>Retention of the hourly city component.</summary>
    public required double CityRetention { get; init; }

    /// <summary>Deviation of each of the two coefficients of the 24-hour wave.</summary>
    public required double DailyWaveDeviation { get; init; }

    /// <summary>Deviation of each of the two coefficients of the 12-hour wave.</summary>
    public required double HalfDailyWaveDeviation { get; init; }

    /// <summary>Retention of the waves' coefficients.</summary>
    public double WaveRetention { get; init; } = 0.999;

    /// <summary>Deviation of an area's lasting difference from the city.</summary>
    public required double OffsetDeviation { get; init; }

    /// <summary>Retention of that difference.</summary>
    public double OffsetRetention { get; init; } = 0.9998;

    /// <summary>Deviation of an area's hourly difference from the city.</summary>
    public required double LocalDeviation { get; init; }

    /// <summary>Retention of an area's hourly difference.</summary>
    public required double LocalRetention { get; init; }

    /// <summary>Deviation, between the households of one area, of their lasting difference from its mean (place, sensor bias).</summary>
    public required double HouseholdBias { get; init; }

    /// <summary>Deviation, within one household, of its hourly difference (cooking, a passing lorry, sensor noise).</summary>
    public required double HouseholdVariation { get; init; }

    static readonly ImmutableArray<ProcessParameters> ByOrdinal =
    [
        Concentration(city: 0.60, cityRetention: 0.965, daily: 0.08, halfDaily: 0.04, offset: 0.10, local: 0.20, localRetention: 0.72),
        Concentration(city: 0.50, cityRetention: 0.96, daily: 0.12, halfDaily: 0.06, offset: 0.14, local: 0.20, localRetention: 0.75),
        Concentration(city: 0.40, cityRetention: 0.94, daily: 0.20, halfDaily: 0.15, offset: 0.25, local: 0.20, localRetention: 0.75),
        Concentration(city: 0.40, cityRetention: 0.95, daily: 0.30, halfDaily: 0.10, offset: 0.15, local: 0.15, localRetention: 0.75),
        // Sound, in units of 10 dB: streets differ by several decibels, days and nights by about ten.
        new()
        {
            CityDeviation = 0.15, CityRetention = 0.80, DailyWaveDeviation = 0.40, HalfDailyWaveDeviation = 0.15,
            OffsetDeviation = 0.40, LocalDeviation = 0.20, LocalRetention = 0.70, HouseholdBias = 0.30, HouseholdVariation = 0.30,
        },
        // Temperature, in units of 5 degrees.
        new()
        {
            CityDeviation = 0.80, CityRetention = 0.98, DailyWaveDeviation = 0.60, HalfDailyWaveDeviation = 0.20,
            OffsetDeviation = 0.15, LocalDeviation = 0.12, LocalRetention = 0.90, HouseholdBias = 0.15, HouseholdVariation = 0.10,
        },
        // Relative humidity, in units of 20 %.
        new()
        {
            CityDeviation = 0.50, CityRetention = 0.97, DailyWaveDeviation = 0.40, HalfDailyWaveDeviation = 0.12,
            OffsetDeviation = 0.15, LocalDeviation = 0.12, LocalRetention = 0.90, HouseholdBias = 0.20, HouseholdVariation = 0.10,
        },
        // Pressure at the sensor, in units of 10 hPa: offsets are differences of altitude.
        new()
        {
            CityDeviation = 1.00, CityRetention = 0.995, DailyWaveDeviation = 0.05, HalfDailyWaveDeviation = 0.05,
            OffsetDeviation = 0.50, LocalDeviation = 0.03, LocalRetention = 0.90, HouseholdBias = 0.20, HouseholdVariation = 0.03,
        },
    ];

    /// <summary>The constants of <paramref name="quantity"/>.</summary>
    public static ProcessParameters Of(Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        return ByOrdinal[quantity.Ordinal];
    }

    /// <summary>What is left of each state component after so many hours, in the order of <see cref="StateLayout"/>.</summary>
    internal double[] Retention(long hours)
    {
        double[] hourly =
        [
            LevelRetention, CityRetention, WaveRetention, WaveRetention, WaveRetention, WaveRetention,
            OffsetRetention, LocalRetention, OffsetRetention, LocalRetention,
        ];
        return Array.ConvertAll(hourly, retention => Math.Pow(retention, hours));
    }

    static ProcessParameters Concentration(
        double city, double cityRetention, double daily, double halfDaily, double offset, double local, double localRetention) => new()
    {
        CityDeviation = city,
        CityRetention = cityRetention,
        DailyWaveDeviation = daily,
        HalfDailyWaveDeviation = halfDaily,
        OffsetDeviation = offset,
        LocalDeviation = local,
        LocalRetention = localRetention,
        HouseholdBias = 0.15,
        HouseholdVariation = 0.18,
    };
}
