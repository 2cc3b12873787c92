namespace CivicSense.OpenData;

/// <summary>A format that files come in.</summary>
/// <param name="Id">Its name in answers.</param>
/// <param name="Extension">What files end in.</param>
/// <param name="MediaType">Its media type, compression aside.</param>
/// <param name="ServedAs">The media type of a file as it is.</param>
sealed record DatasetFormat(string Id, string Extension, string MediaType, string ServedAs)
{
    public static DatasetFormat Parquet { get; } =
        new("parquet", ".parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet");

    public static DatasetFormat Csv { get; } = new("csv", ".csv.gz", "text/csv", "application/gzip");

    public static DatasetFormat GeoJson { get; } = new("geojson", ".geojson.gz", "application/geo+json", "application/gzip");

    public static IReadOnlyList<DatasetFormat> All { get; } = [Parquet, Csv, GeoJson];

    public bool IsCompressed => MediaType != ServedAs;
}
