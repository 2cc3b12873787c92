using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility.Scenes;

public sealed class FieldFileTests
{
    const string Header = "time,Official,North\n";

    [Fact]
    public void Values_stand_at_their_hour_and_what_is_missing_is_not_a_number()
    {
        var field = Read(Header + "2013-03-01T00:00:00+08:00,4,\n2013-03-01T03:00:00+08:00,,1.5\n");

        Assert.Equal("Etc/GMT-8", field.Zone.Id);
        Assert.Equal(TimeSpan.FromHours(8), field.Zone.BaseUtcOffset);
        Assert.Equal("2013-02-28T16:00:00Z", field.First.ToString());
        Assert.Equal(["Official", "North"], field.Stations);
        Assert.Equal([4, double.NaN, double.NaN, double.NaN], field.Values[0]);
        Assert.Equal([double.NaN, double.NaN, double.NaN, 1.5], field.Values[1]);
    }

    [Theory]
    [InlineData("Z", "Etc/UTC", "2013-03-01T00:00:00Z")]
    [InlineData("-05:00", "Etc/GMT+5", "2013-03-01T05:00:00Z")]
    [InlineData("+05:30", "Etc/GMT-5", "2013-02-28T19:00:00Z")]
    public void An_hour_keeps_its_place_in_the_civil_day(string offset, string zone, string first)
    {
        var field = Read($"{Header}2013-03-01T00:00:00{offset},4,4\n");

        Assert.Equal(zone, field.Zone.Id);
        Assert.Equal(first, field.First.ToString());
        Assert.Equal(PrivacyDay.Parse("2013-03-01"), PrivacyDay.Of(field.First, field.Zone));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("date,Official,North\n2013-03-01T00:00:00Z,4,4\n", "line 1")]
    [InlineData("time,Official\n2013-03-01T00:00:00Z,4\n", "two stations")]
    [InlineData("time,North,North\n2013-03-01T00:00:00Z,4,4\n", "named once")]
    [InlineData(Header, "no row")]
    [InlineData(Header + "2013-03-01T00:00:00Z,4\n", "line 2: 2 fields")]
    [InlineData(Header + "2013-03-01T00:00:00Z,4,4\n2013-03-01T00:00:00Z,4,4\n", "line 3: its time is not after")]
    [InlineData(Header + "2013-03-02T00:00:00Z,4,4\n2013-03-01T00:00:00Z,4,4\n", "line 3: its time is not after")]
    [InlineData(Header + "2013-03-01T00:00:00Z,4,NA\n", "line 2: 'NA' is not a number")]
    [InlineData(Header + "2013-03-01T00:00:00Z,4,Infinity\n", "line 2: 'Infinity' is not a number")]
    [InlineData(Header + "2013-03-01T00:00:00,4,4\n", "line 2: '2013-03-01T00:00:00' is not a time")]
    [InlineData(Header + "yesterday,4,4\n", "line 2: 'yesterday' is not a time")]
    [InlineData(Header + "2013-03-01T00:20:00Z,4,4\n", "full hour")]
    [InlineData(Header + "1013-03-01T00:00:00Z,4,4\n2013-03-01T00:00:00Z,4,4\n", "fifty years")]
    public void What_is_wrong_is_said_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UtilityException>(() => Read(text)).Message, StringComparison.Ordinal);

    static FieldFile Read(string text)
    {
        using var reader = new StringReader(text);
        return FieldFile.Read(reader);
    }
}
