using System.Text;

namespace CivicSense.Estimation.Tests.Indices.Tables;

public sealed class IndexTableReaderTests
{
    const string Sound = """
        {
          "id": "sound", "name": "A table", "source": "A test", "validFrom": "2024-05", "rounding": "none",
          "bands": [
            { "name": "Good", "colour": "#00ff00", "index": [0, 50] },
            { "name": "Bad", "colour": "#ff0000", "index": [51, 100] }
          ],
          "pollutants": [ { "quantity": "pm10", "unit": "ug/m3", "averagingHours": 1, "step": 1, "ranges": [[0, 20], [21, 40]] } ]
        }
        """;

    [Fact]
    public void Well_formed_table_is_read()
    {
        var table = Read(Sound);
        Assert.Equal("2024-05", table.ValidFrom);
        Assert.Equal([new IndexRange(0, 50), new IndexRange(51, 100)], table.Bands.Select(band => band.Index!.Value));
        Assert.Equal([new BandRange(0, 20), new BandRange(21, 40)], Assert.Single(table.Scales).Ranges);
    }

    [Theory]
    [InlineData("[21, 40]", "[22, 40]", "has a gap or an overlap for pm10 in band Bad: it begins at 22, but 21 is next")]
    [InlineData("[21, 40]", "[20, 40]", "has a gap or an overlap for pm10 in band Bad: it begins at 20, but 21 is next")]
    [InlineData("[[0, 20]", "[[1, 20]", "has a gap or an overlap for pm10 in band Good: it begins at 1, but 0 is next")]
    [InlineData("[21, 40]", "[21, 5]", "is not sorted for pm10 in band Bad: 21 to 5")]
    [InlineData("[21, 40]", "[21]", "does not have two ends for pm10 in band Bad")]
    [InlineData("[21, 40]", "[21, null]", "does not have two ends for pm10 in band Bad")]
    [InlineData(", [21, 40]", "", "has 1 ranges of pm10 for 2 bands")]
    [InlineData("\"step\": 1", "\"step\": 0", "has a step for pm10 that is not positive")]
    [InlineData("\"averagingHours\": 1", "\"averagingHours\": 8", "averages pm10 over 8 hours, not over 1 or 24")]
    [InlineData("\"ug/m3\"", "\"ppb\"", "gives pm10 in ppb, not in ug/m3")]
    [InlineData("\"pm10\"", "\"so2\"", "has the pollutant so2, which is no quantity")]
    [InlineData("\"pm10\"", "\"laeq\"", "gives laeq in ug/m3, not in dB(A)")]
    [InlineData("[51, 100]", "[52, 100]", "has index numbers in band Bad that do not go on from 51 upwards")]
    [InlineData("[51, 100]", "null", "has index numbers for some bands only")]
    [InlineData("#ff0000", "red", "has a colour in band Bad that is not of the form #rrggbb")]
    [InlineData("\"id\": \"sound\"", "\"id\": \"other\"", "calls itself other")]
    [InlineData("2024-05", "May 2024", "is valid from May 2024, which is no year, month or date of ISO 8601")]
    public void Malformed_table_is_refused_with_the_reason(string old, string replacement, string reason)
    {
        Assert.Contains(old, Sound, StringComparison.Ordinal);
        var refusal = Assert.Throws<InvalidDataException>(() => Read(Sound.Replace(old, replacement, StringComparison.Ordinal)));
        Assert.Equal($"Table sound {reason}.", refusal.Message);
    }

    [Theory]
    [InlineData("\"name\": \"A table\", ", "")]
    [InlineData("\"name\": \"A table\"", "\"name\": null")]
    [InlineData("\"name\": \"A table\"", "\"name\": \"A table\", \"nmae\": \"\"")]
    [InlineData("\"rounding\": \"none\"", "\"rounding\": \"up\"")]
    [InlineData("{", "")]
    public void Table_of_another_shape_is_refused(string old, string replacement)
    {
        var end = Sound.IndexOf(old, StringComparison.Ordinal) + old.Length;
        var text = new StringBuilder(Sound).Replace(old, replacement, 0, end).ToString();
        var refusal = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.StartsWith("Table sound cannot be read: ", refusal.Message, StringComparison.Ordinal);
    }

    static IndexTable Read(string text) => IndexTableReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "sound");
}
