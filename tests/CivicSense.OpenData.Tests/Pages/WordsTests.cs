using System.Globalization;
using CivicSense.Commons;
using CivicSense.Estimation;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.OpenData.Tests;

public sealed class WordsTests
{
    /// <summary>Ends of an interval in hundredths.</summary>
    static readonly Arbitrary<(double Lower, double Upper)> AnyInterval = (
        from lower in Gen.Choose(0, 20_000)
        from width in Gen.Choose(0, 1000)
        select (lower / 100.0, (lower + width) / 100.0)).ToArbitrary();

    [Fact]
    public void Shown_range_contains_the_range_of_the_estimate() => Prop.ForAll(AnyInterval, interval =>
        Contains(TestWords.English.Range(Estimate(interval.Lower, interval.Upper)), interval)
        && Contains(TestWords.English.Between(Estimate(interval.Lower, interval.Upper)), interval)
        && Contains(TestWords.English.Range(Level(interval.Lower, interval.Upper)), interval)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(8.4, 14.2, "8 to 15")]
    [InlineData(8.6, 14.7, "8 to 15")]
    [InlineData(8, 14, "8 to 14")]
    [InlineData(1.1, 2.2, "1.1 to 2.2")]
    [InlineData(1.14, 2.21, "1.1 to 2.3")]
    [InlineData(-3.4, 0.2, "-4 to 1")]
    public void Ends_of_a_range_are_rounded_away_from_its_middle(double lower, double upper, string expected)
    {
        Assert.Equal(expected, TestWords.English.Range(Estimate(lower, upper)));
        Assert.Equal(expected, TestWords.English.Range(Level(lower, upper)));
        Assert.StartsWith("between " + expected.Replace(" to ", " and ", StringComparison.Ordinal),
            TestWords.English.Between(Estimate(lower, upper)), StringComparison.Ordinal);
    }

    [Fact]
    public void Spanish_has_its_own_point_its_own_days_and_its_own_bands()
    {
        var words = TestWords.Spanish;
        Assert.Equal("entre 1,1 y 2,3 µg/m³; lo más probable, 1,7", words.Interval(Estimate(1.14, 2.21)));
        Assert.Equal("jueves 1 de enero, de 00:00 a 01:00", words.Hour(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1)));
        Assert.Equal("jueves 1 de enero de 1970 a las 00:00", words.Instant(DateTimeOffset.UnixEpoch));
        Assert.Equal("12.345", words.Count(12_345));
        Assert.Equal("Regular", BandView.Name(IndexTables.Europe2024, 2, words));
        Assert.Equal("Partículas finas (PM2,5)", words.Plain(Quantity.Pm25));
    }

    /// <summary>At the end of summer time an hour comes twice, so its name alone would be that of two.</summary>
    [Theory]
    [InlineData("Europe/Berlin", "2026-10-24T23:00Z", "Sunday 25 October, 01:00 to 02:00 (UTC+2)")]
    [InlineData("Europe/Berlin", "2026-10-25T00:00Z", "Sunday 25 October, 02:00 (UTC+2) to 02:00 (UTC+1)")]
    [InlineData("Europe/Berlin", "2026-10-25T01:00Z", "Sunday 25 October, 02:00 (UTC+1) to 03:00")]
    [InlineData("Europe/Berlin", "2026-10-25T02:00Z", "Sunday 25 October, 03:00 to 04:00")]
    [InlineData("Europe/Berlin", "2026-10-26T00:00Z", "Monday 26 October, 01:00 to 02:00")]
    [InlineData("Europe/London", "2026-10-25T00:00Z", "Sunday 25 October, 01:00 (UTC+1) to 01:00 (UTC)")]
    [InlineData("America/St_Johns", "2026-11-01T02:30Z", "Sunday 1 November, 00:00 to 01:00 (UTC-2:30)")]
    [InlineData("America/St_Johns", "2026-11-01T03:30Z", "Sunday 1 November, 01:00 (UTC-2:30) to 01:00 (UTC-3:30)")]
    public void An_hour_that_comes_twice_has_its_offset(string zone, string start, string expected)
    {
        var words = TestWords.At(zone);
        var first = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture);
        Assert.Equal(expected, words.Hour(first, first.AddHours(1)));
    }

    [Fact]
    public void Rows_and_instants_of_an_hour_that_comes_twice_are_told_apart()
    {
        var words = TestWords.At("Europe/Berlin");
        var first = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);
        var second = first.AddHours(1);

        Assert.Equal("Sun 02:00 (UTC+2)", words.ShortPeriod(Hour(first)));
        Assert.Equal("Sun 02:00 (UTC+1)", words.ShortPeriod(Hour(second)));
        Assert.Equal("Sun 03:00", words.ShortPeriod(Hour(second.AddHours(1))));
        Assert.Equal("Sunday 25 October 2026 at 02:10 (UTC+1)", words.Instant(second.AddMinutes(10)));
        Assert.Equal("25 Oct 2026, 02:10 (UTC+2)", words.Stamp(first.AddMinutes(10)));

        static Estimate Hour(DateTimeOffset start) => Estimate(8, 9) with { Start = start, End = start.AddHours(1) };
    }

    static bool Contains(string shown, (double Lower, double Upper) interval)
    {
        var ends = shown.Split(' ')
            .Where(word => char.IsDigit(word[0])).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return ends.Count == 2 && ends[0] <= interval.Lower && ends[1] >= interval.Upper;
    }

    static Estimate Estimate(double lower, double upper) => new(
        Area.Parse("0"), Quantity.Pm25, Resolution.Hour, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1),
        (lower + upper) / 2, 1, lower,
        upper, EstimateStatus.Live);

    static SoundLevel Level(double lower, double upper) =>
        new((lower + upper) / 2, 1, lower, upper, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
}
