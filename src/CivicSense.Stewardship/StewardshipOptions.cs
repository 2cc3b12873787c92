using CivicSense.Commons;

namespace CivicSense.Stewardship;

/// <summary>Settings of the private HTTP face. The node gives them, checked.</summary>
public sealed record StewardshipOptions
{
    /// <summary>The neighbourhood as its residents call it. Default "Our neighbourhood".</summary>
    public string NeighbourhoodName { get; init; } = "Our neighbourhood";

    /// <summary>A sentence that stands above every page. Default none.</summary>
    public Notice? Notice { get; init; }

    /// <summary>The language of those whose browser asks for none that there is. Default English.</summary>
    public Language Language { get; init; } = LanguageCatalogue.Original;

    /// <summary>The node's time zone: pages show times in it, and days begin in it. Default UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>How long after its end an hour is released. Default 10 minutes.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether the pages are also served to other machines without encryption, which lets everybody on the way read a device's secret.
    /// Default false.
    /// </summary>
    public bool AllowPlainHttp { get; init; }
}
