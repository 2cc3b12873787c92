namespace CivicSense.OpenData;

/// <summary>Settings of the public HTTP face. Checked when the node starts.</summary>
public sealed class OpenDataOptions
{
    /// <summary>The largest page that <see cref="PageSize"/> or a request may ask for.</summary>
    public const int MaximumPageSize = 10_000;

    /// <summary>The largest of <see cref="DisplayLimits"/>: more than any quantity varies, so that everything is shown.</summary>
    public const double MaximumDisplayLimit = 1000;

    internal const string AnyServer = "https://{s}.";

    /// <summary>The neighbourhood as its residents call it: 1 to 100 characters. Default: "Our neighbourhood".</summary>
    public string NeighbourhoodName { get; set; } = "Our neighbourhood";

    /// <summary>
    /// A sentence that stands above every page, e.g. that the data is simulated; at most <see cref="Notice.MaximumLength"/> characters in
    /// each language. Default: none.
    /// </summary>
    public Notice? Notice { get; set; }

    /// <summary>
    /// The code of the language of those whose browser asks for none that the pages have, such as <c>es</c>; docs/pages.md says which
    /// there are. Default: <c>en</c>.
    /// </summary>
    public string Language { get; set; } = LanguageCatalogue.Original.Code;

    /// <summary>
    /// The node's time zone, an IANA name such as <c>Europe/London</c>. Default: <c>Etc/UTC</c>. Pages show times in it; the API is always
    /// in UTC.
    /// </summary>
    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>Rows of a page where a request names no limit: 1 to <see cref="MaximumPageSize"/>. Default: 1000.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>
    /// How many requests a second one address (of IPv6 one /64) may make, four seconds' worth of them at once; 0 for any number. Default:
    /// 1000. Behind a reverse proxy all requests have the proxy's address: let the proxy limit them, and set 0 here.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 1000;

    /// <summary>
    /// The licence of the data, an SPDX identifier: letters, digits, <c>.</c> and <c>-</c>. Default: <c>ODbL-1.0</c>.
    /// </summary>
    public string Licence { get; set; } = "ODbL-1.0";

    /// <summary>
    /// The licences of data sets that have another than <see cref="Licence"/>: SPDX identifiers by the data set's id, <c>measurements</c>
    /// or <c>estimates</c>. Those whose permissions can be stated: <c>ODbL-1.0</c>, <c>CC-BY-4.0</c> and others of docs/datasets.md.
    /// Default: none.
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
        : MapTiles.StartsWith(AnyServer, StringComparison.Ordinal)
            ? "https://*." + new Uri("https://" + MapTiles[AnyServer.Length..]).Authority
        : "https://" + new Uri(MapTiles).Authority;

    /// <summary>
    /// For each quantity id the largest standard error, in the quantity's unit, at which a number is shown to people; above it the
    /// pages say that the hour is too uncertain and offer the day, then the week, then the month. Above 0, at most
    /// <see cref="MaximumDisplayLimit"/>. Quantities left out are always shown.
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

    /// <summary>The language of those who ask for none that there is.</summary>
    internal Language DefaultLanguage => LanguageCatalogue.Find(Language) ?? LanguageCatalogue.Original;

    /// <summary>The licence of a data set.</summary>
    internal string LicenceOf(DatasetInfo dataset) => LicenceOf(dataset.Id);

    /// <inheritdoc cref="LicenceOf(DatasetInfo)"/>
    internal string LicenceOf(string dataset) => DatasetLicences.TryGetValue(dataset, out var own) ? own : Licence;

    /// <summary>Whether an estimate is too uncertain to be shown to people as a number.</summary>
    internal bool IsTooUncertain(Estimate estimate) =>
        DisplayLimits.TryGetValue(estimate.Quantity.Id, out var limit)
        && !(estimate.StandardError <= limit);

    /// <summary>A sentence for each setting that is not allowed: its name first, then its value and what is allowed.</summary>
    public IReadOnlyList<string> FindErrors() => OpenDataOptionsCheck.Find(this);
}
