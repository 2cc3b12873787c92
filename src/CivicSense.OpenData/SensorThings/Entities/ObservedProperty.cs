namespace CivicSense.OpenData.SensorThings;

/// <summary>A quantity.</summary>
sealed class ObservedProperty(Quantity quantity, IReadOnlyList<Datastream> streams) : Entity(EntityType.ObservedProperty, quantity.Id)
{
    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "name" => quantity.Name,
        "definition" => QuantityDefinition.Of(quantity).Property,
        "description" => QuantityDefinition.Of(quantity).Description,
        "properties" => new ComplexValue(
            ("quantity", quantity.Id), ("unit", quantity.Unit), ("minimum", quantity.Minimum), ("maximum", quantity.Maximum),
            ("averaging", quantity.Averaging == Averaging.Energetic ? "energetic" : "arithmetic")),
        _ => null,
    });

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) => new ListSource(EntityType.Datastream, streams);
}

/// <summary>What a quantity and its unit are called in public vocabularies.</summary>
/// <param name="Property">The quantity's address in a vocabulary.</param>
/// <param name="Description">What it is.</param>
/// <param name="UnitName">The unit in words.</param>
/// <param name="Unit">The unit's address in QUDT.</param>
sealed record QuantityDefinition(string Property, string Description, string UnitName, string Unit)
{
    const string Pollutant = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/";
    const string StandardName = "http://vocab.nerc.ac.uk/standard_name/";
    const string QudtUnit = "http://qudt.org/vocab/unit/";
    const string MicrogramName = "microgram per cubic metre";

    public static QuantityDefinition Of(Quantity quantity) => quantity.Id switch
    {
        "pm2_5" =>
            new(Pollutant + "6001", "Mass of particles of at most 2.5 micrometres in the air.", MicrogramName, QudtUnit + "MicroGM-PER-M3"),
        "pm10" =>
            new(Pollutant + "5", "Mass of particles of at most 10 micrometres in the air.", MicrogramName, QudtUnit + "MicroGM-PER-M3"),
        "no2" => new(Pollutant + "8", "Nitrogen dioxide in the air.", MicrogramName, QudtUnit + "MicroGM-PER-M3"),
        "o3" => new(Pollutant + "7", "Ozone in the air.", MicrogramName, QudtUnit + "MicroGM-PER-M3"),
        "laeq" => new("http://qudt.org/vocab/quantitykind/SoundPressureLevel",
            "A-weighted equivalent sound level; over households the mean of decibels.", "A-weighted decibel", QudtUnit + "DeciB"),
        "temperature" => new(StandardName + "air_temperature/", "Temperature of the air.", "degree Celsius", QudtUnit + "DEG_C"),
        "humidity" =>
            new(StandardName + "relative_humidity/", "Relative humidity of the air.", "per cent relative humidity",
            QudtUnit + "PERCENT_RH"),
        "pressure" => new(StandardName + "air_pressure/", "Pressure of the air at the sensor.", "hectopascal", QudtUnit + "HectoPA"),
        _ => throw new ArgumentOutOfRangeException(nameof(quantity), quantity.Id, "This quantity has no definition."),
    };
}
