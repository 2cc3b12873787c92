using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>An estimate.</summary>
sealed class Observation(Datastream stream, Estimate estimate) : Entity(EntityType.Observation, IdOf(stream, estimate.Start))
{
    const string TimeFormat = "yyyyMMdd'T'HHmm'Z'";

    public Datastream Stream => stream;

    public DateTimeOffset Start => estimate.Start;

    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "phenomenonTime" => new TimeInterval(estimate.Start.ToUniversalTime(), estimate.End.ToUniversalTime()),
        "result" => RowNumber.Rounded(estimate.Value),
        // When it was released exactly stands in the ledger; before its end it cannot have been.
        "resultTime" => estimate.End.ToUniversalTime(),
        "resultQuality" => new ComplexValue(
            ("standardError", RowNumber.Rounded(estimate.StandardError)), ("lower", RowNumber.Rounded(estimate.Lower)),
            ("upper", RowNumber.Rounded(estimate.Upper)), ("confidence", 0.95), ("unit", estimate.Quantity.Unit)),
        "parameters" => new ComplexValue(
            ("status", StatusName.Write(estimate.Status)), ("lower", RowNumber.Rounded(estimate.Lower)),
            ("upper", RowNumber.Rounded(estimate.Upper)), ("tooUncertain", context.Options.IsTooUncertain(estimate))),
        _ => null,
    });

    public override Entity Related(Navigation navigation, Catalogue catalogue) =>
        navigation.Name == "Datastream" ? stream : catalogue.Find(EntityType.FeatureOfInterest, AreaKey.Write(stream.Area))!;

    /// <summary>Takes an id apart: the Datastream's id and the start. Null if it is not of this form.</summary>
    public static (string Stream, DateTimeOffset Start)? ReadId(string id)
    {
        var dash = id.LastIndexOf('-');
        return dash > 0 && DateTimeOffset.TryParseExact(
            id.AsSpan(dash + 1), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            ? (id[..dash], start)
            : null;
    }

    static string IdOf(Datastream stream, DateTimeOffset start) =>
        $"{stream.Id}-{start.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}";
}
