using System.Collections.Immutable;
using System.Text.Json.Serialization;
using CivicSense.Commons;
using CivicSense.Node.Broker;
using CivicSense.Node.References;
using CivicSense.Release;

namespace CivicSense.Node.Settings;

/// <summary>The configuration file of <c>civicsense run</c>. See docs/configuration.md.</summary>
sealed record NodeSettings
{
    /// <summary>The neighbourhood as its residents call it. Default "Our neighbourhood".</summary>
    public string Neighbourhood { get; init; } = "Our neighbourhood";

    /// <summary>A sentence that stands above every page, or the same in several languages by their codes. Default none.</summary>
    [JsonConverter(typeof(NoticeConverter))]
    public Notice? Notice { get; init; }

    /// <summary>Where the public reaches this node, ending in <c>/</c>. Default: links are relative.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Where the program's source code is offered; the licence asks for it where the program was changed. Default none.</summary>
    public Uri? SourceCode { get; init; }

    /// <summary>The language of those whose browser asks for none that the pages have. Default <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The licence of the published data, an SPDX identifier. Default <c>ODbL-1.0</c>.</summary>
    public string Licence { get; init; } = "ODbL-1.0";

    /// <summary>
    /// Licences of data sets that have another: SPDX identifiers by <c>measurements</c> or <c>estimates</c>. Default none.
    /// </summary>
    public ImmutableDictionary<string, string> DatasetLicences { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// The largest standard errors at which pages show a number, by quantity and in its unit. Default: those of docs/configuration.md, also
    /// for quantities that are left out.
    /// </summary>
    public ImmutableDictionary<string, double> DisplayLimits { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>The folder of the database and the fence, relative to the configuration file. Default <c>data</c>.</summary>
    public string Data { get; init; } = "data";

    /// <summary>
    /// The fence file, relative to the configuration file. Default <c>release-fence.json</c> in the data folder; better outside of whatever
    /// is backed up.
    /// </summary>
    public string? Fence { get; init; }

    /// <summary>A PostgreSQL or TimescaleDB instead of the database in the data folder. Default none.</summary>
    public PostgresSettings? Postgres { get; init; }

    /// <summary>The neighbourhood's time zone, an IANA name. Default <c>UTC</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Where pages and API are served. Default any address, port 8080.</summary>
    public HttpSettings Http { get; init; } = new() { Port = 8080 };

    /// <summary>Where devices connect. Default any address, port 1883 (8883 is usual with a certificate).</summary>
    public MqttSettings Mqtt { get; init; } = new() { Port = 1883 };

    /// <summary>A second endpoint for devices, with a certificate; 8883 is the usual port. Default none.</summary>
    public EndpointSettings? MqttTls { get; init; }

    /// <summary>A broker that devices connect to instead, or as well. Default none.</summary>
    [JsonConverter(typeof(BrokerSettingsConverter))]
    public BrokerSettings? Broker { get; init; }

    /// <summary>What is released.</summary>
    public ReleaseSettings Release { get; init; } = new();

    /// <summary>Official stations whose values the predictions take as an input. Default none.</summary>
    public ImmutableArray<ReferenceSettings> References { get; init; } = [];

    /// <summary>What is served to those who can prove that a device is theirs.</summary>
    public StewardshipSettings Stewardship { get; init; } = new();

    /// <summary>The map on the pages.</summary>
    public MapSettings Map { get; init; } = new();

    /// <summary>Whose time closes hours. Default <c>wall</c>.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Wall;

    /// <summary>Where event time begins; needed with <c>"clock": "event"</c> and a new database.</summary>
    public DateTimeOffset? EventStart { get; init; }

    /// <summary>Whether MQTT clients may do everything, for interoperability suites. Not public: a file that names it is refused.</summary>
    internal bool IsConformanceProfile { get; init; }

    /// <summary>Which parts of the node this process is. Not public: the command line says it.</summary>
    internal NodeRole Role { get; init; } = NodeRole.All;

    /// <summary>What tells this process from others on the same database; null where it is alone. Not public, as above.</summary>
    internal string? ProcessName { get; init; }

    /// <summary>The folder of this process: of its own where it has a name.</summary>
    internal DataFolder Folder => new(ProcessName is null ? Data : Path.Combine(Data, ProcessName));

    /// <summary>The fence file of this process: beside those of the others where it has a name.</summary>
    internal string FencePath => Fence is null ? Folder.Fence
        : ProcessName is null ? Fence
        : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Fence))!, ProcessName, Path.GetFileName(Fence));

    /// <summary>The settings of the release, in the room's own form.</summary>
    [JsonIgnore]
    public ReleaseOptions ReleaseOptions => new()
    {
        TimeZone = TimeZone,
        Rho = Release.Rho,
        MinimumOwnersPerArea = Release.MinimumOwnersPerArea,
        Lateness = TimeSpan.FromMinutes(Release.LatenessMinutes),
        IngestTimeout = TimeSpan.FromSeconds(Release.IngestTimeoutSeconds),
        ActivityShare = Release.ActivityShare,
        Pacing = Release.Pacing,
        Shares = Release.Shares ?? ReleaseOptions.DefaultShares,
        Calibrations = Release.Calibrations ?? ReleaseOptions.DefaultCalibrations,
        Clock = Clock,
        TakeOverAfter = TimeSpan.FromMinutes(Release.TakeOverAfterMinutes),
    };
}

/// <summary>The map on the pages. The meaning and range of each is that of <see cref="CivicSense.OpenData.OpenDataOptions"/>.</summary>
sealed record MapSettings
{
    /// <summary>Where the background comes from: an https address with {z}, {x} and {y}. Default none.</summary>
    public string? Tiles { get; init; }

    /// <summary>Whose work the background is. Default none.</summary>
    public string? Credit { get; init; }
}

/// <summary>The private pages.</summary>
sealed record StewardshipSettings
{
    /// <summary>Whether they are also served to other machines without encryption. Default false.</summary>
    public bool AllowPlainHttp { get; init; }
}

/// <summary>
/// What is released and at what cost. The meaning and range of each is that of <see cref="CivicSense.Release.ReleaseOptions"/>.
/// </summary>
sealed record ReleaseSettings
{
    static readonly ReleaseOptions Defaults = new();

    public decimal Rho { get; init; } = Defaults.Rho;

    public int MinimumOwnersPerArea { get; init; } = Defaults.MinimumOwnersPerArea;

    public double LatenessMinutes { get; init; } = Defaults.Lateness.TotalMinutes;

    public double TakeOverAfterMinutes { get; init; } = Defaults.TakeOverAfter.TotalMinutes;

    public double IngestTimeoutSeconds { get; init; } = Defaults.IngestTimeout.TotalSeconds;

    public decimal ActivityShare { get; init; } = Defaults.ActivityShare;

    public decimal Pacing { get; init; } = Defaults.Pacing;

    public ImmutableDictionary<string, decimal>? Shares { get; init; }

    public ImmutableDictionary<string, string>? Calibrations { get; init; }
}
