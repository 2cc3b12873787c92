using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The numbers of one quantity's state-space model. Deviations are standard deviations on the model scale (a natural logarithm for
/// concentrations), memories are hours.
/// </summary>
/// <remarks>
/// A memory of m hours means that exp(-1/m) of a component is left after an hour. <see cref="Prior"/> holds public constants from
/// docs/estimation.md; <see cref="ParameterFit"/> replaces some of them by what the released values say.
/// </remarks>
sealed record ModelParameters
{
    /// <summary>What the names of <see cref="AreaFactors"/> begin with; the quadkey follows.</summary>
    const string AreaFactorName = "areaFactor/";

    /// <summary>Of the slow level of the whole city.</summary>
    public required double LevelDeviation { get; init; }

    public double LevelMemory { get; init; } = 2000;

    /// <summary>Of the city's weather and episodes.</summary>
    public required double CityDeviation { get; init; }

    public required double CityMemory { get; init; }

    /// <summary>Of each of the two coefficients of the 24-hour wave.</summary>
    public required double DailyWaveDeviation { get; init; }

    /// <summary>Of each of the two coefficients of the 12-hour wave.</summary>
    public required double HalfDailyWaveDeviation { get; init; }

    /// <summary>Of what is different at weekends: the level and each coefficient of the 24-hour wave.</summary>
    public required double WeekendDeviation { get; init; }

    public double WaveMemory { get; init; } = 1000;

    /// <summary>Of an area's lasting difference from the city.</summary>
    public required double OffsetDeviation { get; init; }

    public double OffsetMemory { get; init; } = 1500;

    /// <summary>Of an area's difference over hours.</summary>
    public required double LocalDeviation { get; init; }

    public required double LocalMemory { get; init; }

    /// <summary>Of an area's difference over days.</summary>
    public required double SlowDeviation { get; init; }

    public required double SlowMemory { get; init; }

    /// <summary>
    /// Of an area's difference in one hour alone, of which nothing is left in the next: a passing source, or an instrument that errs.
    /// </summary>
    public required double WhiteDeviation { get; init; }

    /// <summary>
    /// How the differences D, S and W of logarithmic quantities grow as the city's value falls: with exp of this times its logarithm below
    /// the prior mean. 0 for quantities without a logarithm.
    /// </summary>
    public double LevelExponent { get; init; }

    /// <summary>
    /// How many times as far as others an area lies from the city over hours, over days and in one hour alone. 1 where an area is not
    /// named.
    /// </summary>
    public ImmutableSortedDictionary<Area, double> AreaFactors { get; init; } = ImmutableSortedDictionary<Area, double>.Empty;

    /// <summary>
    /// Of the official stations' lasting difference from the citizens because their instruments differ, beside that of their places:
    /// what Directive 2008/50/EC, annex I, allows indicative measurements of particulate matter, 50 % for two deviations.
    /// </summary>
    public double StationOffsetDeviation { get; init; } = 0.25;

    /// <summary>
    /// Of the same: a year. Instruments change slowly (deSouza et al. 2023), and what they make of the air follows the seasons.
    /// </summary>
    public double StationOffsetMemory { get; init; } = 365 * 24;

    /// <summary>
    /// Of the official stations' difference over hours. A station is told without noise: were this the areas' own deviation, its smooth
    /// hours would rule what a few households say about themselves.
    /// </summary>
    public required double StationLocalDeviation { get; init; }

    /// <summary>Of the same, for the same reason.</summary>
    public required double StationLocalMemory { get; init; }

    /// <summary>Between the households of one area: their lasting difference from its mean (place, sensor).</summary>
    public required double HouseholdBias { get; init; }

    /// <summary>Within one household: its difference over hours (cooking, a passing lorry, sensor noise).</summary>
    public required double HouseholdVariation { get; init; }

    /// <summary>
    /// How far a household's relative difference shows on the model scale where the quantity has its prior mean: 0 to 1. It follows from
    /// the quantity and is not published.
    /// </summary>
    public double HouseholdDamping { get; init; } = 1;

    static readonly ImmutableArray<ModelParameters> Priors =
    [
        .. Quantity.All.Select(quantity => quantity.Id switch
        {
            "pm2_5" => Concentration(quantity, cityMemory: 43, daily: 0.10, weekend: 0.04)
                with { OffsetDeviation = 0.06, SlowDeviation = 0.07 },
            "pm10" => Concentration(quantity, cityMemory: 30, daily: 0.12, weekend: 0.06),
            "no2" => Concentration(quantity, cityMemory: 18, daily: 0.25, weekend: 0.15)
                with { OffsetDeviation = 0.25, SlowDeviation = 0.08 },
            "o3" => Concentration(quantity, cityMemory: 20, daily: 0.30, weekend: 0.05)
                with { OffsetDeviation = 0.15, CityDeviation = 0.4 },
            // In units of 10 dB: streets differ by several decibels, days and nights by about ten.
            "laeq" => Other(quantity, city: (0.15, 5), daily: 0.40, offset: 0.40, local: (0.20, 3), household: (0.30, 0.30)),
            // In units of 5 degrees.
            "temperature" => Other(quantity, city: (0.80, 50), daily: 0.60, offset: 0.15, local: (0.12, 10), household: (0.15, 0.10)),
            // In units of 20 %.
            "humidity" => Other(quantity, city: (0.50, 33), daily: 0.40, offset: 0.15, local: (0.12, 10), household: (0.20, 0.10)),
            // In units of 10 hPa, at the sensor: lasting differences are differences of altitude.
            "pressure" => Other(quantity, city: (1.00, 200), daily: 0.05, offset: 0.50, local: (0.03, 10), household: (0.20, 0.03)),
            _ => throw new InvalidOperationException($"There are no prior parameters for {quantity}."),
        }),
    ];

    /// <summary>The public constants that a quantity begins with.</summary>
    public static ModelParameters Prior(Quantity quantity) => Priors[quantity.Ordinal];

    /// <summary>The parameters by name, as they are published. Deviations on the model scale, memories in hours.</summary>
    public ImmutableSortedDictionary<string, double> Named() => Shared()
        .AddRange(AreaFactors.Select(entry => KeyValuePair.Create(AreaFactorName + entry.Key.QuadKey, entry.Value)));

    ImmutableSortedDictionary<string, double> Shared() => new Dictionary<string, double>
    {
        ["levelDeviation"] = LevelDeviation, ["levelMemory"] = LevelMemory, ["cityDeviation"] = CityDeviation, ["cityMemory"] = CityMemory,
        ["dailyWaveDeviation"] = DailyWaveDeviation, ["halfDailyWaveDeviation"] = HalfDailyWaveDeviation,
        ["weekendDeviation"] = WeekendDeviation,
        ["waveMemory"] = WaveMemory, ["offsetDeviation"] = OffsetDeviation, ["offsetMemory"] = OffsetMemory,
        ["localDeviation"] = LocalDeviation,
        ["localMemory"] = LocalMemory, ["slowDeviation"] = SlowDeviation, ["slowMemory"] = SlowMemory,
        ["stationOffsetDeviation"] = StationOffsetDeviation, ["stationOffsetMemory"] = StationOffsetMemory,
        ["stationLocalDeviation"] = StationLocalDeviation, ["stationLocalMemory"] = StationLocalMemory,
        ["whiteDeviation"] = WhiteDeviation, ["levelExponent"] = LevelExponent,
        ["householdBias"] = HouseholdBias, ["householdVariation"] = HouseholdVariation,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Reads what <see cref="Named"/> wrote. A name that is missing, from an older program, stays the prior's.</summary>
    public static ModelParameters Of(Quantity quantity, IReadOnlyDictionary<string, double> named)
    {
        var prior = Prior(quantity);
        double Read(string name, double otherwise) => named.TryGetValue(name, out var value) ? value : otherwise;
        return new ModelParameters
        {
            LevelDeviation = Read("levelDeviation", prior.LevelDeviation), LevelMemory = Read("levelMemory", prior.LevelMemory),
            CityDeviation = Read("cityDeviation", prior.CityDeviation), CityMemory = Read("cityMemory", prior.CityMemory),
            DailyWaveDeviation = Read("dailyWaveDeviation", prior.DailyWaveDeviation),
            HalfDailyWaveDeviation = Read("halfDailyWaveDeviation", prior.HalfDailyWaveDeviation),
            WeekendDeviation = Read("weekendDeviation", prior.WeekendDeviation), WaveMemory = Read("waveMemory", prior.WaveMemory),
            OffsetDeviation = Read("offsetDeviation", prior.OffsetDeviation), OffsetMemory = Read("offsetMemory", prior.OffsetMemory),
            LocalDeviation = Read("localDeviation", prior.LocalDeviation), LocalMemory = Read("localMemory", prior.LocalMemory),
            SlowDeviation = Read("slowDeviation", prior.SlowDeviation), SlowMemory = Read("slowMemory", prior.SlowMemory),
            StationOffsetDeviation = Read("stationOffsetDeviation", prior.StationOffsetDeviation),
            StationOffsetMemory = Read("stationOffsetMemory", prior.StationOffsetMemory),
            StationLocalDeviation = Read("stationLocalDeviation", Read("localDeviation", prior.StationLocalDeviation)),
            StationLocalMemory = Read("stationLocalMemory", Read("localMemory", prior.StationLocalMemory)),
            WhiteDeviation = Read("whiteDeviation", prior.WhiteDeviation), LevelExponent = Read("levelExponent", prior.LevelExponent),
            HouseholdBias = Read("householdBias", prior.HouseholdBias),
            HouseholdVariation = Read("householdVariation", prior.HouseholdVariation),
            HouseholdDamping = prior.HouseholdDamping,
            AreaFactors = named.Where(entry => entry.Key.StartsWith(AreaFactorName, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(entry => Area.Parse(entry.Key[AreaFactorName.Length..]), entry => entry.Value),
        };
    }

    /// <summary>The same without anything that areas share from hour to hour: it is each area's own.</summary>
    public ModelParameters WithoutCity() => this with
    {
        CityDeviation = 1e-3,
        SlowDeviation = Math.Sqrt(CityDeviation * CityDeviation + SlowDeviation * SlowDeviation),
        SlowMemory = CityMemory,
    };

    /// <summary>
    /// The memory of the stations' lasting difference, place and instruments together: of the one process that varies as much as the two
    /// and changes as much from one hour to the next.
    /// </summary>
    public double StationMemory()
    {
        var (place, instruments) = (OffsetDeviation * OffsetDeviation, StationOffsetDeviation * StationOffsetDeviation);
        return (place + instruments) / (place / OffsetMemory + instruments / StationOffsetMemory);
    }

    /// <summary>What is left after so many hours of a component with this memory.</summary>
    public static double Retention(double memory, long hours) => Math.Exp(-hours / memory);

    static ModelParameters Concentration(Quantity quantity, double cityMemory, double daily, double weekend) => new()
    {
        LevelDeviation = quantity.PriorDeviation,
        CityDeviation = 0.65,
        CityMemory = cityMemory,
        DailyWaveDeviation = daily,
        HalfDailyWaveDeviation = daily / 2,
        WeekendDeviation = weekend,
        OffsetDeviation = 0.11,
        LocalDeviation = 0.16,
        LocalMemory = 2.5,
        StationLocalDeviation = 0.16,
        StationLocalMemory = 2.5,
        WhiteDeviation = 0.08,
        LevelExponent = 0.2,
        SlowDeviation = 0.08,
        SlowMemory = 60,
        HouseholdBias = 0.15,
        HouseholdVariation = 0.18,
        HouseholdDamping = ImaginedHouseholds.Damping(quantity, quantity.ToModelScale(quantity.PriorMean)),
    };

    static ModelParameters Other(
        Quantity quantity, (double Deviation, double Memory) city, double daily, double offset, (double Deviation, double Memory) local,
        (double Bias, double Variation) household) => new()
    {
        LevelDeviation = quantity.PriorDeviation,
        CityDeviation = city.Deviation,
        CityMemory = city.Memory,
        DailyWaveDeviation = daily,
        HalfDailyWaveDeviation = daily / 3,
        WeekendDeviation = daily / 5,
        OffsetDeviation = offset,
        LocalDeviation = local.Deviation,
        LocalMemory = local.Memory,
        StationLocalDeviation = local.Deviation,
        StationLocalMemory = local.Memory,
        WhiteDeviation = local.Deviation / 2,
        SlowDeviation = local.Deviation / 2,
        SlowMemory = 60,
        HouseholdBias = household.Bias,
        HouseholdVariation = household.Variation,
    };
}
