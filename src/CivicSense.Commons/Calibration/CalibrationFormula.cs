using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CivicSense.Commons;

/// <summary>
/// A published formula that takes an hour's raw particle value of a cheap sensor towards what a reference instrument would have said.
/// </summary>
/// <remarks>
/// <para>The instances are the static properties; there are no others. The id is also the version: what stands behind an id never changes,
/// and other coefficients get another id. So a release plan that names ids says exactly what was computed.</para>
/// <para>The coefficients are those of the publications. None was fitted to the data of any node: that would cost privacy.
/// docs/calibration.md says which formula fits which sensor.</para>
/// </remarks>
public sealed class CalibrationFormula
{
    readonly ImmutableArray<Func<double, double, double>?> byOrdinal;

    CalibrationFormula(
        string id, string name, string source, double humidityWhenMissing,
        params ReadOnlySpan<(Quantity Quantity, Func<double, double, double> Apply)> parts)
    {
        Id = id;
        Name = name;
        Source = source;
        HumidityWhenMissing = humidityWhenMissing;
        var functions = new Func<double, double, double>?[Quantity.All.Length];
        foreach (var (quantity, apply) in parts)
            functions[quantity.Ordinal] = apply;
        byOrdinal = [.. functions];
    }

    /// <summary>Leaves every value as it is.</summary>
    public static CalibrationFormula None { get; } = new("none", "No calibration", "", 0);

    /// <summary>
    /// PM2.5 of a Plantower PMS5003 from its CF=1 values: 0.524 x - 0.0862 RH + 5.75. Barkjohn, Gantt and Clements, Atmospheric Measurement
    /// Techniques 14, 4617 (2021), fitted to PurpleAir sensors beside reference monitors in 16 states of the USA.
    /// </summary>
    public static CalibrationFormula Barkjohn2021 { get; } = new(
        "barkjohn-2021", "Barkjohn 2021 (Plantower, CF=1)", "https://doi.org/10.5194/amt-14-4617-2021", 50,
        (Quantity.Pm25, PlantowerCurves.Barkjohn2021));

    /// <summary>
    /// PM2.5 of a Plantower PMS5003 from its CF=1 values, with a second piece for smoke above 343 ug/m3: slide 37 of the US EPA's webinar
    /// of May 2021 on the AirNow Fire and Smoke Map. It jumps at 343 by 22.9 ug/m3 and 0.086 ug/m3 for each percent of humidity.
    /// </summary>
    public static CalibrationFormula Epa2021Cf1 { get; } = new(
        "epa-2021-cf1", "US EPA 2021 (Plantower, CF=1)",
        "https://www.epa.gov/sites/default/files/2021-05/documents/toolsresourceswebinar_purpleairsmoke_210519b.pdf", 50,
        (Quantity.Pm25, PlantowerCurves.Epa2021Cf1));

    /// <summary>
    /// PM2.5 of a Plantower PMS5003 or PMS5003T from its ATM values, in five pieces that join: the form that the AirNow Fire and Smoke Map
    /// uses since October 2021, slide 26 of the US EPA's talk on its data cleaning. ATM values are what airRohr and
    /// AirGradient send.
    /// </summary>
    public static CalibrationFormula Epa2021Atm { get; } = new(
        "epa-2021-atm", "US EPA 2021 (Plantower, ATM)",
        "https://cfpub.epa.gov/si/si_public_record_report.cfm?dirEntryId=353088&Lab=CEMM", 50,
        (Quantity.Pm25, PlantowerCurves.Epa2021Atm));

    /// <summary>
    /// PM2.5 and PM10 of a Nova SDS011 in damp air: x / (1 + a (RH/100)^b). Report D7.6 of the European project hackAIR, section 2.2.1. It
    /// takes out the water on the particles, which the sensor counts as dust.
    /// </summary>
    public static CalibrationFormula HackAir2018 { get; } = new(
        "hackair-2018", "hackAIR 2018 (SDS011)",
        "https://www.hackair.eu/wp-content/uploads/2019/01/d7.6-report_on_hackair_updated_support_services_and_methodologies.pdf", 0,
        (Quantity.Pm25, static (raw, humidity) => raw / (1 + 0.48756 * Math.Pow(humidity / 100, 8.60068))),
        (Quantity.Pm10, static (raw, humidity) => raw / (1 + 0.81559 * Math.Pow(humidity / 100, 5.83411))));

    /// <summary>All formulas, <see cref="None"/> first.</summary>
    public static ImmutableArray<CalibrationFormula> All { get; } = [None, Barkjohn2021, Epa2021Cf1, Epa2021Atm, HackAir2018];

    static readonly FrozenDictionary<string, CalibrationFormula> ById =
        All.ToFrozenDictionary(formula => formula.Id, StringComparer.Ordinal);

    /// <summary>The name in settings and plans, e.g. <c>hackair-2018</c>. It is the version, too.</summary>
    public string Id { get; }

    /// <summary>The name people read.</summary>
    public string Name { get; }

    /// <summary>Where it was published; empty for <see cref="None"/>.</summary>
    public string Source { get; }

    /// <summary>
    /// The relative humidity, in percent, that stands in where none is known. 50, an ordinary one, for the formulas in which
    /// humidity is a term of its own. 0 for hackAIR, which then changes nothing: without a humidity nothing is known of the water.
    /// </summary>
    public double HumidityWhenMissing { get; }

    /// <summary>The quantities that it changes.</summary>
    public IEnumerable<Quantity> Quantities => Quantity.All.Where(AppliesTo);

    /// <summary>Whether it changes values of <paramref name="quantity"/>.</summary>
    public bool AppliesTo(Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        return byOrdinal[quantity.Ordinal] is not null;
    }

    /// <summary>Calibrates one device's value of one hour.</summary>
    /// <param name="quantity">The quantity. One that the formula does not apply to comes back as it is.</param>
    /// <param name="raw">
    /// The raw value in the quantity's unit. Outside the quantity's valid range it counts as the nearer end of it.
    /// </param>
    /// <param name="relativeHumidity">
    /// The relative humidity at the sensor in percent, limited to 0 to 100; null where it is not known, see <see
    /// cref="HumidityWhenMissing"/>.
    /// </param>
    /// <returns>
    /// The calibrated value, never negative and within the quantity's valid range. It never falls while <paramref name="raw"/> rises at the
    /// same humidity.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="raw"/> or <paramref name="relativeHumidity"/> is NaN. The message holds neither.
    /// </exception>
    public double Apply(Quantity quantity, double raw, double? relativeHumidity)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        if (double.IsNaN(raw))
            throw new ArgumentException("The raw value is no number.", nameof(raw));
        if (relativeHumidity is double.NaN)
            throw new ArgumentException("The humidity is no number.", nameof(relativeHumidity));
        if (byOrdinal[quantity.Ordinal] is not { } apply)
            return raw;
        var humidity = Math.Clamp(relativeHumidity ?? HumidityWhenMissing, 0, 100);
        return Math.Clamp(apply(Math.Clamp(raw, quantity.Minimum, quantity.Maximum), humidity), quantity.Minimum, quantity.Maximum);
    }

    /// <summary>Finds a formula by its <see cref="Id"/>, exactly as written.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out CalibrationFormula? formula) => ById.TryGetValue(id, out formula);

    /// <inheritdoc/>
    public override string ToString() => Id;
}
