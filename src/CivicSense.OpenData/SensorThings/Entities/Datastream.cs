namespace CivicSense.OpenData.SensorThings;

/// <summary>The estimates of one area, quantity and resolution.</summary>
/// <param name="area">The area.</param>
/// <param name="latest">The newest estimate: a Datastream begins to be with its first.</param>
sealed class Datastream(AreaFacts area, Estimate latest) : Entity(EntityType.Datastream, IdOf(latest))
{
    static readonly string[] Adjectives = ["hourly", "daily", "weekly", "monthly"];

    public Area Area => latest.Area;

    public Quantity Quantity => latest.Quantity;

    public Resolution Resolution => latest.Resolution;

    public Estimate Latest => latest;

    /// <summary>The longest time that one estimate covers: a privacy day may have 25 hours.</summary>
    public TimeSpan LongestStep => Resolution switch
    {
        Resolution.Hour => TimeSpan.FromHours(1),
        Resolution.Day => TimeSpan.FromHours(26),
        Resolution.Week => TimeSpan.FromHours((7 * 24) + 2),
        _ => TimeSpan.FromHours((31 * 24) + 2),
    };

    /// <summary>The shortest time from one estimate to the next.</summary>
    public TimeSpan ShortestStep => Resolution switch
    {
        Resolution.Hour => TimeSpan.FromHours(1),
        Resolution.Day => TimeSpan.FromHours(22),
        Resolution.Week => TimeSpan.FromHours((7 * 24) - 2),
        _ => TimeSpan.FromHours((28 * 24) - 2),
    };

    public override async ValueTask<object?> ReadAsync(string property, QueryContext context) => property switch
    {
        "name" => $"{Quantity.Name}, {Adjectives[(int)Resolution]}, {area.Name}",
        "description" =>
            $"Estimates of {Quantity.Name} in {area.Name}, {Adjectives[(int)Resolution]}, each with its standard error and 95 % interval.",
        "unitOfMeasurement" => Unit(),
        "observationType" => "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "observedArea" => area.Shape,
        "phenomenonTime" => new TimeInterval(await context.FirstStartAsync(this), latest.End),
        "resultTime" => new TimeInterval(await context.FirstEndAsync(this), latest.End),
        "properties" => new ComplexValue(
            ("area", area.Id), ("quantity", Quantity.Id), ("resolution", ResolutionName.Write(Resolution)),
            ("licence", context.Options.LicenceOf(DatasetInfo.Estimates))),
        _ => null,
    };

    public override Entity Related(Navigation navigation, Catalogue catalogue) => navigation.Name switch
    {
        "Thing" => catalogue.Find(EntityType.Thing, area.Id)!,
        "Sensor" => catalogue.Find(EntityType.Sensor, Procedure.OnlyId)!,
        _ => catalogue.Find(EntityType.ObservedProperty, Quantity.Id)!,
    };

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) => new ObservationSource([this]);

    ComplexValue Unit()
    {
        var definition = QuantityDefinition.Of(Quantity);
        return new(("name", definition.UnitName), ("symbol", Quantity.UnitSymbol), ("definition", definition.Unit));
    }

    static string IdOf(Estimate estimate) =>
        $"{AreaKey.Write(estimate.Area)}-{estimate.Quantity.Id}-{ResolutionName.Write(estimate.Resolution)}";
}
