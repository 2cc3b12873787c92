using CivicSense.OpenData;

namespace CivicSense.Node.Settings;

/// <summary>What a configuration says about the public face, in that room's own form.</summary>
static class PublicSettings
{
    /// <summary>The room's settings and what they are called in a configuration.</summary>
    static readonly (string Option, string Key)[] Keys =
    [
        (nameof(OpenDataOptions.NeighbourhoodName), "neighbourhood"),
        (nameof(OpenDataOptions.Notice), "notice"),
        (nameof(OpenDataOptions.Language), "language"),
        (nameof(OpenDataOptions.Licence), "licence"),
        (nameof(OpenDataOptions.DatasetLicences), "datasetLicences"),
        (nameof(OpenDataOptions.BaseAddress), "publicAddress"),
        (nameof(OpenDataOptions.SourceCode), "sourceCode"),
        (nameof(OpenDataOptions.DisplayLimits), "displayLimits"),
        (nameof(OpenDataOptions.PageSize), "http.pageSize"),
        (nameof(OpenDataOptions.MapTiles), "map.tiles"),
        (nameof(OpenDataOptions.MapCredit), "map.credit"),
    ];

    /// <summary>Sets everything but the folder of data sets.</summary>
    public static void Apply(NodeSettings settings, OpenDataOptions options)
    {
        options.NeighbourhoodName = settings.Neighbourhood;
        options.TimeZone = settings.TimeZone;
        options.Notice = settings.Notice;
        options.Language = settings.Language;
        options.BaseAddress = settings.PublicAddress;
        options.SourceCode = settings.SourceCode;
        options.Licence = settings.Licence;
        foreach (var (dataset, licence) in settings.DatasetLicences)
            options.DatasetLicences[dataset] = licence;
        foreach (var (quantity, limit) in settings.DisplayLimits)
            options.DisplayLimits[quantity] = limit;
        options.PageSize = settings.Http.PageSize;
        options.MapTiles = settings.Map.Tiles;
        options.MapCredit = settings.Map.Credit;
        options.RequestsPerSecond = settings.Http.RequestsPerSecond;
    }

    /// <summary>A sentence for each setting that is not allowed, with its key, its value and what is allowed.</summary>
    public static IEnumerable<string> Check(NodeSettings settings)
    {
        var options = new OpenDataOptions();
        Apply(settings, options);
        // Others are checked under their own keys.
        return options.FindErrors().Select(Translate).OfType<string>();
    }

    static string? Translate(string error)
    {
        var name = new string([.. error.TakeWhile(char.IsAsciiLetterOrDigit)]);
        var key = Keys.FirstOrDefault(known => known.Option == name).Key;
        return key is null ? null : $"{key}{error[name.Length..]}";
    }
}
