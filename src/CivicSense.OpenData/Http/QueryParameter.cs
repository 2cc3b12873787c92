namespace CivicSense.OpenData;

/// <summary>A parameter of a resource, as it is checked and as the OpenAPI document describes it.</summary>
/// <param name="Name">Its name in the query string or path.</param>
/// <param name="Key">The last part of the key of its description.</param>
/// <param name="Example">A value that works.</param>
sealed record QueryParameter(string Name, string Key, string Example)
{
    /// <summary>The value of <see cref="Limit"/> that asks for the list to its end.</summary>
    public const string AllRows = "all";

    public bool InPath { get; init; }

    public bool IsInteger { get; init; }

    /// <summary>A word that is allowed beside whole numbers; null for none.</summary>
    public string? Word { get; init; }

    public bool IsRequired { get; init; }

    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>What it means, and its default, as programs are told.</summary>
    public string Description => Describe(LanguageCatalogue.Original);

    public static QueryParameter QuadKey { get; } = new("quadkey", "quadkey", "0313131") { InPath = true, IsRequired = true };

    public static QueryParameter Sequence { get; } =
        new("sequence", "sequence", "1") { InPath = true, IsRequired = true, IsInteger = true };

    public static QueryParameter RequiredQuantity { get; } = new("quantity", "quantity", "pm2_5")
    {
        IsRequired = true,
        Allowed = [.. Quantity.All.Select(quantity => quantity.Id)],
    };

    public static QueryParameter OptionalQuantity { get; } = RequiredQuantity with { IsRequired = false, Key = "optionalQuantity" };

    public static QueryParameter Resolution { get; } = new("resolution", "resolution", "hour") { Allowed = [.. ResolutionName.All] };

    public static QueryParameter AirTable { get; } = new("table", "airTable", "eu-2024")
    {
        Allowed = [IndexTables.Europe2024.Id, IndexTables.UnitedStates2024.Id],
    };

    public static QueryParameter Within { get; } = new("area", "within", "0313131");

    public static QueryParameter From { get; } = new("from", "from", "2026-11-15");

    public static QueryParameter To { get; } = new("to", "to", "2026-11-22");

    public static QueryParameter FromOfResolution { get; } = From with { Key = "fromOfResolution" };

    public static QueryParameter FromDay { get; } = From with { Key = "fromDay" };

    public static QueryParameter FromOfDays { get; } = From with { Key = "fromOfDays" };

    public static QueryParameter AsOf { get; } = new("asOf", "asOf", "2026-11-20T12:00:00Z");

    public static QueryParameter ToDay { get; } = To with { Key = "toDay" };

    public static QueryParameter At { get; } = new("at", "day", "2026-11-22");

    public static QueryParameter Day { get; } = At with { Name = "day" };

    public static QueryParameter After { get; } = new("after", "after", "0") { IsInteger = true };

    public static QueryParameter Limit { get; } = new("limit", "limit", "1000") { IsInteger = true, Word = AllRows };

    public static QueryParameter Cursor { get; } = new("cursor", "cursor", "");

    public static QueryParameter Format { get; } = new("format", "format", "csv") { Allowed = ["json", "csv", "ndjson"] };

    public static QueryParameter FormatWithPlaces { get; } = Format with { Allowed = [.. Format.Allowed, "geojson"] };

    public static QueryParameter Point { get; } = new("point", "point", "-2.0991,57.1437");

    public static QueryParameter BoundingBox { get; } = new("bbox", "boundingBox", "-2.2,57.1,-2.0,57.2");

    /// <summary>What it means, and its default.</summary>
    public string Describe(Language language) =>
        language.Text($"api.parameter.{Key}",
            ("most", OpenDataOptions.MaximumPageSize.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
