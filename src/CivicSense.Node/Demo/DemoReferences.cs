using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Node.References;

namespace CivicSense.Node.Demo;

/// <summary>
/// The official stations that lie beside an archive, in its folder <c>reference</c>: one file each in the form of the air-quality networks
/// of the United Kingdom, separated by semicolons, in GMT, marked by the end of the hour.
/// </summary>
static class DemoReferences
{
    static readonly ImmutableDictionary<string, string> Known = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("PM2.5", Quantity.Pm25.Id),
        KeyValuePair.Create("PM10", Quantity.Pm10.Id),
        KeyValuePair.Create("Nitrogen Dioxide", Quantity.No2.Id),
        KeyValuePair.Create("Ozone", Quantity.O3.Id),
    ]);

    /// <summary>The stations of an archive; none where it has no such folder.</summary>
    public static ImmutableArray<ReferenceSettings> Find(string archive)
    {
        var folder = Path.Combine(archive, "reference");
        if (!Directory.Exists(folder))
            return [];
        return
        [
            .. Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal).Select(Station)
                .Where(station => !station.Columns.IsEmpty),
        ];
    }

    static ReferenceSettings Station(string path)
    {
        var headings = (File.ReadLines(path).FirstOrDefault() ?? "").Split(';', StringSplitOptions.TrimEntries);
        return new ReferenceSettings
        {
            Name = Path.GetFileNameWithoutExtension(path),
            File = path,
            Columns = Known.RemoveRange(Known.Keys.Except(headings, StringComparer.Ordinal)),
            Format = new ReferenceFormat { Separator = ";", Hour = HourMark.Ending },
        };
    }
}
