using System.Text.RegularExpressions;
using CivicSense.Node.References;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Tests.References;

public sealed partial class ReferenceSettingsCheckTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_example_of_the_documentation_is_accepted()
    {
        var examples = Json().Matches(File.ReadAllText(Path.Combine(RequireRepository(), "docs", "references.md")))
            .Select(match => match.Groups["json"].Value);
        var read = examples.Select(example => SettingsFile.Read(folder.Write("civicsense.json", example)).References.Single()).ToList();

        Assert.Equal(["Errol Place", "Central Park"], read.Select(reference => reference.Name));
        Assert.Equal(folder.File("reference/errol-place.csv"), read[0].File);
        Assert.Equal((HourMark.Ending, ";"), (read[0].Format.Hour, read[0].Format.Separator));
        Assert.Equal(("Europe/Amsterdam", ",", 1000.0),
            (read[1].Format.TimeZone, read[1].Format.Decimal, read[1].Format.Factors["no2_mg"]));
        Assert.Equal(["date", "time"], read[1].Format.TimeColumns);
    }

    [Theory]
    [InlineData("""{ "file": "a.csv", "columns": { "a": "no2" } }""", "references[0].name")]
    [InlineData("""{ "name": "a|b", "file": "a.csv", "columns": { "a": "no2" } }""", "'a|b' is not allowed")]
    [InlineData("""{ "name": "Quay", "columns": { "a": "no2" } }""", "give either file or url")]
    [InlineData("""{ "name": "Quay", "file": "a", "url": "http://a/", "columns": { "a": "no2" } }""", "give either file or url")]
    [InlineData("""{ "name": "Quay", "url": "file:///etc/passwd", "columns": { "a": "no2" } }""", "references[0].url")]
    [InlineData("""{ "name": "Quay", "url": "hours.csv", "columns": { "a": "no2" } }""", "references[0].url")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { } }""", "references[0].columns: name at least one")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "NO2" } }""",
        "'NO2' of the column 'a' is not a quantity; allowed are pm2_5, pm10")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2", "b": "no2" } }""", "no2 stands in more than one column")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "everyMinutes": 0.5 }""",
        "0.5 is not allowed; allowed is 1 to 1440")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "separator": ";;" } }""", "format.separator")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "decimal": "'" } }""", "format.decimal")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "timeZone": "Mars" } }""",
        "format.timeZone: 'Mars'")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "timeFormat": "Y" } }""", "format.timeFormat")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "skipLines": -1 } }""", "format.skipLines")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "factors": { "b": 2 } } }""",
        "'b' is none of the columns")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "factors": { "a": 0 } } }""", "any number but 0")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": { "hour": "middle" } }""", "docs/configuration.md")]
    [InlineData("""{ "name": "Quay", "file": "a", "columns": { "a": "no2" }, "format": null }""", "docs/configuration.md")]
    [InlineData(
        """{ "name": "Quay", "file": "a", "columns": { "a": "no2" } }, { "name": "Quay", "file": "b", "columns": { "a": "no2" } }""",
        "no2 of 'Quay' is configured more than once")]
    public void What_is_not_allowed_is_refused_with_its_key(string entries, string said)
    {
        var path = folder.Write("civicsense.json", $$"""{ "references": [ {{entries}} ] }""");
        Assert.Contains(said, Assert.Throws<UserErrorException>(() => SettingsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantities_of_one_station_may_come_from_several_sources()
    {
        var path = folder.Write("civicsense.json", """
            { "references": [
              { "name": "Quay", "file": "a", "columns": { "a": "no2" } }, { "name": "Quay", "file": "a", "columns": { "b": "o3" } }
            ] }
            """);
        Assert.Equal(2, SettingsFile.Read(path).References.Length);
    }

    static string RequireRepository()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Directory.Packages.props")))
                return at.FullName;
        }
        Assert.Skip("The tests do not run inside the repository.");
        return "";
    }

    [GeneratedRegex(@"^```json\n(?<json>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Json();
}
