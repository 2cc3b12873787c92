namespace CivicSense.OpenData;

/// <summary>What a data set consists of: <c>manifest.json</c> in its folder.</summary>
/// <param name="Dataset">The data set's id.</param>
/// <param name="Months">Its months in order, also those that nothing was released of.</param>
sealed record DatasetManifest(string Dataset, IReadOnlyList<DatasetMonthEntry> Months);

/// <summary>A month that has been written, and will not change.</summary>
/// <param name="Month">The month, e.g. 2026-11.</param>
/// <param name="Written">When, by the node's clock, UTC.</param>
/// <param name="Files">Its files, in order of their paths.</param>
sealed record DatasetMonthEntry(string Month, DateTime Written, IReadOnlyList<DatasetFileEntry> Files);

/// <summary>A file of a data set.</summary>
/// <param name="Path">Where it is in the data set's folder, with forward slashes.</param>
/// <param name="Quantity">Its quantity.</param>
/// <param name="Resolution">'hour' or 'day'; null for measurements, which are hourly.</param>
/// <param name="Format">'parquet', 'csv' or 'geojson'.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
sealed record DatasetFileEntry(string Path, string Quantity, string? Resolution, string Format, long Rows, long Bytes, string Sha256);
