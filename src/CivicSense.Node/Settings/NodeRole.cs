namespace CivicSense.Node.Settings;

/// <summary>Which parts of a node one process is.</summary>
/// <param name="Name">As it is called on the command line.</param>
/// <param name="Ingests">Whether it takes readings, over MQTT or from a broker, and serves the pages of those whose sensor it is.</param>
/// <param name="Releases">Whether it releases windows, or stands by to.</param>
/// <param name="ServesPages">Whether it serves the public pages and the API.</param>
sealed record NodeRole(string Name, bool Ingests, bool Releases, bool ServesPages)
{
    /// <summary>A whole node in one process. The default.</summary>
    public static NodeRole All { get; } = new("all", Ingests: true, Releases: true, ServesPages: true);

    /// <summary>One of any number of processes that take readings.</summary>
    public static NodeRole Ingest { get; } = new("ingest", Ingests: true, Releases: false, ServesPages: false);

    /// <summary>One of any number of processes of which one releases.</summary>
    public static NodeRole Release { get; } = new("release", Ingests: false, Releases: true, ServesPages: false);

    /// <summary>One of any number of processes that serve what is public and can reach nothing else.</summary>
    public static NodeRole OpenData { get; } = new("open-data", Ingests: false, Releases: false, ServesPages: true);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, NodeRole> ByName { get; } =
        new[] { All, Ingest, Release, OpenData }.ToDictionary(role => role.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
