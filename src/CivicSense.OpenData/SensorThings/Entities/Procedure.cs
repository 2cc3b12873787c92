namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// The Sensor of all Datastreams. What produces the numbers here is no instrument but a procedure: the release of noisy sums and the
/// estimator behind it. Instruments are private.
/// </summary>
sealed class Procedure() : Entity(EntityType.Sensor, OnlyId)
{
    public const string OnlyId = "released-estimates";

    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "name" => "Released estimates",
        "description" =>
            "The published procedure behind every number: sums over households, released with noise (differential privacy), and an "
            + "estimator that reads nothing else. No single device is visible.",
        "encodingType" => "text/html",
        "metadata" => context.Address("/ledger"),
        "properties" => new ComplexValue(
            ("about", context.Address("/about")), ("ledger", context.Address("/api/v1/ledger")), ("plan", context.Address("/api/v1/plan")),
            ("model", context.Address("/api/v1/model")), ("measurements", context.Address("/api/v1/measurements"))),
        _ => null,
    });

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) =>
        new ListSource(EntityType.Datastream, catalogue.All(EntityType.Datastream));
}
