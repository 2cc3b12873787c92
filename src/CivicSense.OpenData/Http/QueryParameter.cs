namespace CivicSense.OpenData;

/// <summary>A parameter of a resource, as it is checked and as the OpenAPI document describes it.</summary>
/// <param name="Name">Its name in the query string or path.</param>
/// <param name="Description">What it means, and its default.</param>
/// <param name="Example">A value that works.</param>
sealed record QueryParameter(string Name, string Description, string Example)
{
    public bool InPath { get; init; }

    public bool IsInteger { get; init; }

    public bool IsRequired { get; init; }

    public IReadOnlyList<string> Allowed { get; init; } = [];

    public static QueryParameter QuadKey { get; } =
        new("quadkey", "The area: a quadkey from /api/v1/areas ('world' for the empty quadkey).", "0313131") { InPath = true, IsRequired = true };

    public static QueryParameter Sequence { get; } =
        new("sequence", "The entry's number, 1 for the first.", "1") { InPath = true, IsRequired = true, IsInteger = true };

    public static QueryParameter RequiredQuantity { get; } = new("quantity", "The quantity.", "pm2_5")
    {
        IsRequired = true,
        Allowed = [.. Quantity.All.Select(quantity => quantity.Id)],
    };

    public static QueryParameter OptionalQuantity { get; } = RequiredQuantity with
    {
        IsRequired = false,
        Description = "Only this quantity; all if left out.",
    };

    public static QueryParameter Resolution { get; } = new("resolution", "Over what time: an hour, a day, a week from Monday or a month; hour if left out.", "hour")
    {
        Allowed = [.. ResolutionName.All],
    };

    public static QueryParameter AirTable { get; } =
        new("table", "The index: eu-2024 (European) or us-2024 (US, from a NowCast); eu-2024 if left out.", "eu-2024")
        {
            Allowed = [IndexTables.Europe2024.Id, IndexTables.UnitedStates2024.Id],
        };

    public static QueryParameter Within { get; } = new("area", "Only areas equal to or inside this quadkey; all if left out.", "0313131");

    public static QueryParameter From { get; } = new(
        "from", "The first instant wanted: RFC 3339 (2026-11-22T07:00:00Z) or a date, which means its midnight at the node. Left out: 7 days before 'to'.",
        "2026-11-15");

    public static QueryParameter To { get; } = new(
        "to", "The first instant no longer wanted: RFC 3339 or a date, which means its midnight at the node. Left out: the end of what has been released.",
        "2026-11-22");

    public static QueryParameter FromOfDays { get; } = From with
    {
        Description = "The first instant wanted: RFC 3339 (2026-11-22T07:00:00Z) or a date, which means its midnight at the node. "
            + "Left out: the midnight that begins the day 7 days before 'to'.",
    };

    public static QueryParameter FromOfResolution { get; } = From with
    {
        Description = "The first instant wanted: RFC 3339 (2026-11-22T07:00:00Z) or a date, which means its midnight at the node. "
            + "Left out: 7 days before 'to'; of days, weeks and months the midnight that begins the day 7, 91 or 366 days before.",
    };

    public static QueryParameter AsOf { get; } = new(
        "asOf", "What was published at this instant, since then revised or not: RFC 3339 (2026-11-20T12:00:00Z) or a date, which means its midnight at the "
        + "node. Without 'to' the list ends there. Left out: what is published now.",
        "2026-11-20T12:00:00Z");

    public static QueryParameter FromDay { get; } = new("from", "The first day wanted. Left out: 7 days before 'to'.", "2026-11-15");

    public static QueryParameter ToDay { get; } = new("to", "The first day no longer wanted. Left out: the end of what has been released.", "2026-11-22");

    public static QueryParameter At { get; } = new("at", "The day whose plan is meant; the newest plan if left out.", "2026-11-22");

    public static QueryParameter Day { get; } = At with { Name = "day" };

    public static QueryParameter After { get; } = new("after", "Only entries after this sequence; 0 if left out.", "0") { IsInteger = true };

    public static QueryParameter Limit { get; } =
        new("limit", $"Rows of a page: 1 to {OpenDataOptions.MaximumPageSize}; 1000 unless the node is configured otherwise.", "1000") { IsInteger = true };

    public static QueryParameter Cursor { get; } = new("cursor", "Where the page begins: take it from the Link header of the page before; do not make one.", "");

    public static QueryParameter Format { get; } =
        new("format", "The form of the answer; the Accept header decides if left out.", "csv") { Allowed = ["json", "csv", "ndjson"] };

    public static QueryParameter FormatWithPlaces { get; } = Format with { Allowed = [.. Format.Allowed, "geojson"] };

    public static QueryParameter Point { get; } = new(
        "point", "Only areas that contain this position: longitude,latitude in degrees (WGS 84), in the order of GeoJSON.", "-2.0991,57.1437");

    public static QueryParameter BoundingBox { get; } = new(
        "bbox", "Only areas that touch this box: west,south,east,north in degrees (WGS 84). A west greater than the east crosses the date line.",
        "-2.2,57.1,-2.0,57.2");
}
