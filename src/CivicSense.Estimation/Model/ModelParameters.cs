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

    const string RoughnessName = "roughness";

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
    /// How many times as far as over the half year all areas lie from the city in this season, over hours, over days and in one hour
    /// alone.
    /// </summary>
    public double Roughness { get; init; } = 1;

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

    /// <summary>The public constants that a quantity begins with.</summary>
    public static ModelParameters Prior(Quantity quantity) => PriorParameters.For(quantity);

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
        ["whiteDeviation"] = WhiteDeviation, ["levelExponent"] = LevelExponent, [RoughnessName] = Roughness,
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
            Roughness = Read(RoughnessName, prior.Roughness),
            HouseholdBias = Read("householdBias", prior.HouseholdBias),
            HouseholdVariation = Read("householdVariation", prior.HouseholdVariation),
            HouseholdDamping = prior.HouseholdDamping,
            AreaFactors = named.Where(entry => entry.Key.StartsWith(AreaFactorName, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(entry => Area.Parse(entry.Key[AreaFactorName.Length..]), entry => entry.Value),
        };
    }

    /// <summary>Whether all that is published is the same as in <paramref name="other"/>, but for the roughness.</summary>
    public bool DiffersInRoughnessAlone(ModelParameters other) =>
        Named().Remove(RoughnessName).SequenceEqual(other.Named().Remove(RoughnessName));

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
}
