using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The public constants that each quantity's model begins with; docs/estimation.md, "Parameters", says where they come from.
/// </summary>
static class PriorParameters
{
    static readonly ImmutableArray<ModelParameters> All =
    [
        .. Quantity.All.Select(quantity => quantity.Id switch
        {
            "pm2_5" => Of(quantity, city: (0.65, 43), waves: (0.10, 0.05), weekend: 0.04,
                offset: 0.06, local: (0.16, 2.5), slow: 0.07, white: 0.08, household: (0.15, 0.18)),
            "pm10" => Of(quantity, city: (0.50, 30), waves: (0.13, 0.10), weekend: 0.08,
                offset: 0.12, local: (0.20, 3), slow: 0.12, white: 0.18, household: (0.20, 0.20)),
            "no2" => Of(quantity, city: (0.45, 20), waves: (0.12, 0.17), weekend: 0.15,
                offset: 0.25, local: (0.23, 4), slow: 0.14, white: 0.06, household: (0.15, 0.18)),
            "o3" => Of(quantity, city: (0.50, 20), waves: (0.50, 0.20), weekend: 0.10,
                offset: 0.15, local: (0.29, 3), slow: 0.15, white: 0.10, household: (0.15, 0.18)),
            // In units of 10 dB.
            "laeq" => Of(quantity, city: (0.18, 8), waves: (0.25, 0.10), weekend: 0.12,
                offset: 0.35, local: (0.22, 4), slow: 0.15, white: 0.15, household: (0.30, 0.30)),
            // In units of 5 degrees.
            "temperature" => Of(quantity, city: (0.80, 50), waves: (0.60, 0.12), weekend: 0.03,
                offset: 0.15, local: (0.15, 3), slow: 0.07, white: 0.05, household: (0.26, 0.27)),
            // In units of 20 %.
            "humidity" => Of(quantity, city: (0.60, 30), waves: (0.55, 0.10), weekend: 0.04,
                offset: 0.12, local: (0.20, 3), slow: 0.10, white: 0.06, household: (0.60, 0.36)),
            // In units of 10 hPa, at the sensor: lasting differences are differences of altitude.
            "pressure" => Of(quantity, city: (0.80, 100), waves: (0.05, 0.04), weekend: 0.02,
                offset: 0.50, local: (0.010, 5), slow: 0.010, white: 0.008, household: (0.25, 0.02))
                with { OffsetMemory = 10 * 365 * 24 },
            _ => throw new InvalidOperationException($"There are no prior parameters for {quantity}."),
        }),
    ];

    /// <summary>The constants of a quantity.</summary>
    public static ModelParameters For(Quantity quantity) => All[quantity.Ordinal];

    static ModelParameters Of(
        Quantity quantity, (double Deviation, double Memory) city, (double Daily, double HalfDaily) waves, double weekend, double offset,
        (double Deviation, double Memory) local, double slow, double white, (double Bias, double Variation) household) => new()
    {
        LevelDeviation = quantity.PriorDeviation,
        CityDeviation = city.Deviation,
        CityMemory = city.Memory,
        DailyWaveDeviation = waves.Daily,
        HalfDailyWaveDeviation = waves.HalfDaily,
        WeekendDeviation = weekend,
        OffsetDeviation = offset,
        LocalDeviation = local.Deviation,
        LocalMemory = local.Memory,
        SlowDeviation = slow,
        SlowMemory = 60,
        WhiteDeviation = white,
        StationLocalDeviation = local.Deviation,
        StationLocalMemory = local.Memory,
        LevelExponent = quantity.IsLogarithmic ? 0.2 : 0,
        HouseholdBias = household.Bias,
        HouseholdVariation = household.Variation,
        HouseholdDamping = ImaginedHouseholds.Damping(quantity, quantity.ToModelScale(quantity.PriorMean)),
    };
}
