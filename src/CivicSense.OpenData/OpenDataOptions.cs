using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>Settings of the public HTTP face. Checked when the node starts.</summary>
public sealed class OpenDataOptions
{
    /// <summary>The largest page that <see cref="PageSize"/> or a request may ask for.</summary>
    public const int MaximumPageSize = 10_000;

    internal const string AnyServer = "https://{s}.";

    /// <summary>The neighbourhood as its residents call it: 1 to 100 characters. Default: "Our neighbourhood".</summary>
    public string NeighbourhoodName { get; set; } = "Our neighbourhood";

    /// <summary>A sentence that stands above every page, e.g. that the data is simulated; at most 500 characters. Default: none.</summary>
    public string? Notice { get; set; }

    /// <summary>
    /// The node's time zone, an IANA name such as <c>Europe/London</c>. Default: <c>Etc/UTC</c>. Pages show times in it; the API is always
    /// in UTC.
    /// </summary>
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>Rows of a page where a request names no limit: 1 to <see cref="MaximumPageSize"/>. Default: 1000.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>
    /// How many requests a second one address (of IPv6 one /64) may make, four seconds' worth of them at once; 0 for any number. Default: 1000.
    /// Behind a reverse proxy all requests have the proxy's address: let the proxy limit them, and set 0 here.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 1000;

    /// <summary>The licence of the data, an SPDX identifier. Default: <c>ODbL-1.0</c>.</summary>
    public string Licence { get; set; } = "ODbL-1.0";

    /// <summary>
    /// The licences of data sets that have another than <see cref="Licence"/>: SPDX identifiers by the data set's id, <c>measurements</c> or
    /// <c>estimates</c>. Default: none.
    /// </summary>
    public IDictionary<string, string> DatasetLicences { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The folder that monthly files are written to and served from. Default: none are written.</summary>
    public string? DatasetFolder { get; set; }

    /// <summary>
    /// Where the public reaches this node, ending in <c>/</c>, e.g. <c>https://air.example.org/</c>. Without it, links are relative.
    /// </summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>
    /// Where the program's source code is offered (GNU AGPL 3.0, section 13). Without it, pages say to ask whoever runs the node.
    /// </summary>
    public Uri? SourceCode { get; set; }

    /// <summary>
    /// Where the map that can be moved takes its background from: an https address with <c>{z}</c>, <c>{x}</c> and <c>{y}</c>, and perhaps
    /// <c>{s}.</c> at its beginning for one of a, b, c. Visitors' browsers then load from that host. Default: no background, and
    /// nothing is loaded from elsewhere.
    /// </summary>
    public string? MapTiles { get; set; }

    /// <summary>Whose work the background of the map is, shown in its corner; at most 200 characters. Default: none.</summary>
    public string? MapCredit { get; set; }

    /// <summary>What browsers may load pictures from beside this node, as Content-Security-Policy writes it; null for nothing.</summary>
    internal string? MapTileSource => MapTiles is null ? null
        : MapTiles.StartsWith(AnyServer, StringComparison.Ordinal) ? "https://*." + new Uri("https://" + MapTiles[AnyServer.Length..]).Authority
        : "https://" + new Uri(MapTiles).Authority;

    /// <summary>
    /// For each quantity id the largest standard error, in the quantity's unit, at which a number is shown to people; above it the
    /// pages say that the hour is too uncertain and offer the day, then the week, then the month. Positive. Quantities left out are always
    /// shown.
    /// </summary>
    public IDictionary<string, double> DisplayLimits { get; } = new Dictionary<string, double>(StringComparer.Ordinal)
    {
        [Quantity.Pm25.Id] = 5,
        [Quantity.Pm10.Id] = 10,
        [Quantity.No2.Id] = 10,
        [Quantity.O3.Id] = 15,
        [Quantity.Laeq.Id] = 3,
        [Quantity.Temperature.Id] = 2,
        [Quantity.Humidity.Id] = 10,
        [Quantity.Pressure.Id] = 5,
    };

    /// <summary>The licence of a data set.</summary>
    internal string LicenceOf(string dataset) => DatasetLicences.TryGetValue(dataset, out var own) ? own : Licence;

    /// <summary>Whether an estimate is too uncertain to be shown to people as a number.</summary>
    internal bool IsTooUncertain(Estimate estimate) =>
        DisplayLimits.TryGetValue(estimate.Quantity.Id, out var limit)
        && !(estimate.StandardError <= limit);
}

/// <summary>Checks <see cref="OpenDataOptions"/>; every message names the setting, its value and what is allowed.</summary>
sealed class OpenDataOptionsValidator : IValidateOptions<OpenDataOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenDataOptions options)
    {
        var errors = new List<string>();
        if (options.NeighbourhoodName is not { Length: >= 1 and <= 100 } || string.IsNullOrWhiteSpace(options.NeighbourhoodName))
            errors.Add("OpenData:NeighbourhoodName must have 1 to 100 characters.");
        if (options.Notice is { Length: > 500 })
            errors.Add("OpenData:Notice must have at most 500 characters.");
        if (string.IsNullOrEmpty(options.TimeZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
            errors.Add($"OpenData:TimeZone is '{options.TimeZone}', which this machine does not know. Use an IANA name such as 'Europe/London'.");
        if (options.PageSize is < 1 or > OpenDataOptions.MaximumPageSize)
            errors.Add($"OpenData:PageSize is {options.PageSize}; it must be 1 to {OpenDataOptions.MaximumPageSize}.");
        if (options.RequestsPerSecond is < 0 or > 1_000_000)
            errors.Add($"OpenData:RequestsPerSecond is {options.RequestsPerSecond}; it must be 0 to 1000000.");
        if (string.IsNullOrWhiteSpace(options.Licence))
            errors.Add("OpenData:Licence is empty; it must be an SPDX licence identifier such as 'ODbL-1.0'.");
        foreach (var (dataset, licence) in options.DatasetLicences)
        {
            if (DatasetInfo.All.All(known => known.Id != dataset))
                errors.Add($"OpenData:DatasetLicences names '{dataset}'; the data sets are {string.Join(", ", DatasetInfo.All.Select(known => known.Id))}.");
            if (string.IsNullOrWhiteSpace(licence))
                errors.Add($"OpenData:DatasetLicences:{dataset} is empty; it must be an SPDX licence identifier such as 'CC-BY-4.0'.");
        }
        if (options.BaseAddress is { } address && !(IsWeb(address) && address.AbsolutePath.EndsWith('/') && address.Query.Length == 0))
            errors.Add($"OpenData:BaseAddress is '{address}'; it must be an absolute http or https address that ends in '/'.");
        if (options.SourceCode is { } source && !IsWeb(source))
            errors.Add($"OpenData:SourceCode is '{source}'; it must be an absolute http or https address.");
        if (options.MapTiles is { } tiles && !IsTileAddress(tiles))
            errors.Add($"OpenData:MapTiles is '{tiles}'; it must be an https address that has {{z}}, {{x}} and {{y}}.");
        if (options.MapCredit is { Length: > 200 })
            errors.Add("OpenData:MapCredit must have at most 200 characters.");
        foreach (var (quantity, limit) in options.DisplayLimits)
        {
            if (!Quantity.TryFind(quantity, out _))
                errors.Add($"OpenData:DisplayLimits names '{quantity}'; the quantities are {string.Join(", ", Quantity.All)}.");
            if (!(limit > 0))
                errors.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"OpenData:DisplayLimits:{quantity} is {limit}; it must be above 0."));
        }
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        static bool IsTileAddress(string tiles) =>
            Uri.TryCreate(tiles.Replace(OpenDataOptions.AnyServer, "https://a.", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            && uri.Scheme == "https" && Uri.CheckHostName(uri.Host) is UriHostNameType.Dns or UriHostNameType.IPv4
            && ((string[])["{z}", "{x}", "{y}"]).All(hole => tiles.Contains(hole, StringComparison.Ordinal));

        static bool IsWeb(Uri uri) => uri.IsAbsoluteUri && uri.Scheme is "http" or "https";
    }
}
