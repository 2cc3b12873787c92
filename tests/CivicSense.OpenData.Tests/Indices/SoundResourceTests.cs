using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Estimation;

namespace CivicSense.OpenData.Tests;

public sealed class SoundResourceTests
{
    const string Address = "/api/v1/areas/03131303010/indices/sound";

    [Fact]
    public async Task Indicators_of_a_date_follow_from_its_hours_and_the_night_after_it()
    {
        await using var node = await PublicNode.StartAsync();
        var date = new DateOnly(2026, 11, 18);
        var hours = await node.Commons.ReadEstimatesAsync(
            new EstimateQuery(
                Area.Parse("03131303010"), Quantity.Laeq, Resolution.Hour, FakeCommons.LastReleased.End.AddDays(-9),
                FakeCommons.LastReleased.End, 1000),
            TestContext.Current.CancellationToken);
        var expected = SoundIndicators.Of(hours, date, FakeCommons.Zone);

        var rows = (await node.GetJsonAsync(Address + "?from=2026-11-18&to=2026-11-19")).GetProperty("items").EnumerateArray().ToList();

        SoundLevel[] levels = [expected.Day!, expected.Evening!, expected.Night!, expected.DayEveningNight!, expected.Whole!];
        Assert.Equal(["lday_24h", "levening_24h", "lnight_24h", "lden_24h", "laeq_24h"],
            rows.Select(row => row.GetProperty("indicator").GetString()));
        Assert.All(rows.Zip(levels), pair => Assert.Equal(
            ("2026-11-18", Math.Round(pair.Second.Value, 4), Math.Round(pair.Second.Lower, 4), Math.Round(pair.Second.Upper, 4)),
            (pair.First.GetProperty("date").GetString(), pair.First.GetProperty("value").GetDouble(),
                pair.First.GetProperty("lower").GetDouble(),
                pair.First.GetProperty("upper").GetDouble())));
        Assert.All(rows, row => Assert.Equal("final", row.GetProperty("status").GetString()));
        Assert.All(rows, row => Assert.Equal("2002-49-ec-mean-of-levels", row.GetProperty("method").GetString()));
    }

    [Fact]
    public async Task Date_comes_when_its_night_is_over()
    {
        await using var node = await PublicNode.StartAsync();
        var dates = (await node.GetJsonAsync(Address + "?from=2026-11-01")).GetProperty("items").EnumerateArray()
            .Select(row => row.GetProperty("date").GetString()).Distinct();

        // Released are the hours from midnight of the 15th to 14 o'clock on the 22nd. Of the 14th that is most of the night.
        Assert.Equal(Enumerable.Range(14, 8).Select(day => $"2026-11-{day}"), dates);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(66)]
    [InlineData(67)]
    [InlineData(68)]
    [InlineData(69)]
    [InlineData(70)]
    public async Task Pages_of_many_dates_are_together_the_whole_list(int limit)
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-10-03"));
        var whole = Rows(await node.GetJsonAsync(Address + "?from=2026-10-03&limit=10000"));
        Assert.Equal(50 * 5, whole.Count);

        var walked = new List<string>();
        for (var next = $"{Address}?from=2026-10-03&limit={limit}"; next is not null;)
        {
            var page = await node.GetJsonAsync(next);
            walked.AddRange(Rows(page));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(whole, walked);

        static List<string> Rows(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(row => row.GetRawText())];
    }

    [Theory]
    [InlineData("2026-11-22T06:59:59Z", "2026-11-20")]
    [InlineData("2026-11-22T07:00:00Z", "2026-11-21")]
    [InlineData("2026-11-22T23:00:00Z", "2026-11-21")]
    public void Last_date_that_is_over_changes_at_seven(string releasedUntil, string expected) =>
        Assert.Equal(PrivacyDay.Parse(expected), SoundDates.LastOver(
            DateTimeOffset.Parse(releasedUntil, System.Globalization.CultureInfo.InvariantCulture), FakeCommons.Zone));
}
