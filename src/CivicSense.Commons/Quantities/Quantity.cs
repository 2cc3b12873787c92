using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CivicSense.Commons;

/// <summary>How the readings of one device are averaged within an hour.</summary>
public enum Averaging
{
    /// <summary>The arithmetic mean.</summary>
    Arithmetic,

    /// <summary>The energetic mean of decibels, 10 log10(mean(10^(L/10))): what LAeq means (ISO 1996-1).</summary>
    Energetic,
}

/// <summary>
/// Something a sensor measures: its name, unit, valid range, and the scale on which citizens are compared with the public baseline.
/// </summary>
/// <remarks>
/// The instances are the static properties; there are no others. <see cref="Ordinal"/> is stable and is what databases store.
/// The <em>model scale</em> is where residuals are formed: ln(x + c) for concentrations, x / scale for the rest.
/// All constants are public and fixed: none was read from anybody's data.
/// </remarks>
public sealed class Quantity
{
    readonly double logarithmOffset;
    readonly double linearScale;

    Quantity(
        byte ordinal, string id, string name, string unit, string unitSymbol, double minimum, double maximum, Averaging averaging,
        double logarithmOffset, double linearScale, double typicalDayNorm, double cap, double priorMean, double priorDeviation,
        int decimals)
    {
        Ordinal = ordinal;
        Id = id;
        Name = name;
        Unit = unit;
        UnitSymbol = unitSymbol;
        Minimum = minimum;
        Maximum = maximum;
        Averaging = averaging;
        TypicalDayNorm = typicalDayNorm;
        ResidualCap = cap;
        PriorMean = priorMean;
        PriorDeviation = priorDeviation;
        Decimals = decimals;
        this.logarithmOffset = logarithmOffset;
        this.linearScale = linearScale;
    }

    /// <summary>Fine particles, at most 2.5 micrometres.</summary>
    public static Quantity Pm25 { get; } =
        new(0, "pm2_5", "PM2.5", "ug/m3", "µg/m³", 0, 1000, Averaging.Arithmetic, 3, 0, 1.25, Math.Log(3), 12, 0.6, 1);

    /// <summary>Particles of at most 10 micrometres.</summary>
    public static Quantity Pm10 { get; } =
        new(1, "pm10", "PM10", "ug/m3", "µg/m³", 0, 2000, Averaging.Arithmetic, 3, 0, 1.25, Math.Log(3), 20, 0.6, 1);

    /// <summary>Nitrogen dioxide.</summary>
    public static Quantity No2 { get; } =
        new(2, "no2", "NO₂", "ug/m3", "µg/m³", 0, 1000, Averaging.Arithmetic, 3, 0, 1.25, Math.Log(3), 20, 0.6, 1);

    /// <summary>Ozone.</summary>
    public static Quantity O3 { get; } =
        new(3, "o3", "O₃", "ug/m3", "µg/m³", 0, 1000, Averaging.Arithmetic, 3, 0, 1.25, Math.Log(3), 50, 0.6, 1);

    /// <summary>A-weighted equivalent sound level.</summary>
    public static Quantity Laeq { get; } =
        new(4, "laeq", "Sound level", "dB(A)", "dB(A)", 20, 130, Averaging.Energetic, 0, 10, 2, 1.5, 52, 0.8, 1);

    /// <summary>Air temperature.</summary>
    public static Quantity Temperature { get; } =
        new(5, "temperature", "Temperature", "Cel", "°C", -40, 60, Averaging.Arithmetic, 0, 5, 2, 1.5, 12, 2, 1);

    /// <summary>Relative humidity.</summary>
    public static Quantity Humidity { get; } =
        new(6, "humidity", "Humidity", "%RH", "%", 0, 100, Averaging.Arithmetic, 0, 20, 2, 1.5, 70, 1, 0);

    /// <summary>Air pressure at the sensor.</summary>
    public static Quantity Pressure { get; } =
        new(7, "pressure", "Air pressure", "hPa", "hPa", 300, 1100, Averaging.Arithmetic, 0, 10, 2, 1.5, 1013, 2, 0);

    /// <summary>All quantities, indexed by <see cref="Ordinal"/>.</summary>
    public static ImmutableArray<Quantity> All { get; } = [Pm25, Pm10, No2, O3, Laeq, Temperature, Humidity, Pressure];

    static readonly FrozenDictionary<string, Quantity> ById = All.ToFrozenDictionary(q => q.Id, StringComparer.Ordinal);

    /// <summary>A small stable number, the index in <see cref="All"/>.</summary>
    public byte Ordinal { get; }

    /// <summary>The name in topics, files and addresses, e.g. <c>pm2_5</c>.</summary>
    public string Id { get; }

    /// <summary>The name people read.</summary>
    public string Name { get; }

    /// <summary>The unit as SenML writes it (RFC 8428 and 8798), e.g. <c>ug/m3</c>.</summary>
    public string Unit { get; }

    /// <summary>The unit people read.</summary>
    public string UnitSymbol { get; }

    /// <summary>The smallest valid reading. Readings outside the valid range are refused.</summary>
    public double Minimum { get; }

    /// <summary>The largest valid reading.</summary>
    public double Maximum { get; }

    /// <summary>How readings are averaged within an hour and a device.</summary>
    public Averaging Averaging { get; }

    /// <summary>C_q: a public constant near the typical L2 norm of an owner-day's 24 residuals, on the model scale.</summary>
    public double TypicalDayNorm { get; }

    /// <summary>k_q: the cap on one hour's residual, on the model scale.</summary>
    public double ResidualCap { get; }

    /// <summary>What is expected before anything was released, in <see cref="Unit"/>.</summary>
    public double PriorMean { get; }

    /// <summary>How unsure <see cref="PriorMean"/> is: a standard deviation on the model scale.</summary>
    public double PriorDeviation { get; }

    /// <summary>Digits after the decimal point worth showing to people.</summary>
    public int Decimals { get; }

    /// <summary>Whether the model scale is logarithmic (concentrations) rather than linear.</summary>
    public bool IsLogarithmic => linearScale == 0;

    /// <summary>
    /// Takes a value from <see cref="Unit"/> to the model scale. A value outside the valid range is first moved to its nearer end.
    /// </summary>
    public double ToModelScale(double value)
    {
        value = Math.Clamp(value, Minimum, Maximum);
        return IsLogarithmic ? Math.Log(value + logarithmOffset) : value / linearScale;
    }

    /// <summary>Takes a value from the model scale back to <see cref="Unit"/>, within the valid range.</summary>
    public double FromModelScale(double value) =>
        Math.Clamp(IsLogarithmic ? Math.Exp(value) - logarithmOffset : value * linearScale, Minimum, Maximum);

    /// <summary>
    /// The derivative of <see cref="FromModelScale"/> at <paramref name="value"/>: turns a small model-scale deviation into <see
    /// cref="Unit"/>.
    /// </summary>
    public double UnitsPerModelScale(double value) => IsLogarithmic ? Math.Exp(value) : linearScale;

    /// <summary>Whether <paramref name="value"/> is a finite number in the valid range.</summary>
    public bool IsValid(double value) => value >= Minimum && value <= Maximum;

    /// <summary>Finds a quantity by its <see cref="Id"/>, exactly as written.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out Quantity? quantity) => ById.TryGetValue(id, out quantity);

    /// <inheritdoc/>
    public override string ToString() => Id;
}
