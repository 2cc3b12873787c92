using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Estimation;

namespace CivicSense.OpenData.Tests;

public sealed class AirIndexResourceTests
{
    const string Address = "/api/v1/areas/03131303010/indices/air";

    static readonly Area Place = Area.Parse("03131303010");

    [Fact]
    public async Task European_index_of_each_hour_follows_from_the_estimate_that_is_published()
    {
        await using var node = await PublicNode.StartAsync();
        var hours = await HoursAsync(node, FakeCommons.LastReleased.End.AddDays(-7), 7 * 24);
        var rows = (await node.GetJsonAsync(Address)).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(7 * 24, rows.Count);
        foreach (var (hour, row) in hours.Zip(rows))
        {
            var band = AirQualityIndex.Of(IndexTables.Europe2024, hour);
            Assert.Equal(hour.Start.UtcDateTime, row.GetProperty("start").GetDateTime());
            Assert.Equal(
                ("eu-2024", band.ToString(), band.First + 1, band.Last + 1, "pm2_5"),
                (row.GetProperty("table").GetString(), row.GetProperty("statement").GetString(), row.GetProperty("firstBand").GetInt32(),
                    row.GetProperty("lastBand").GetInt32(), row.GetProperty("responsible").GetString()));
            Assert.Equal(band.Probability, row.GetProperty("probability").GetDouble(), 4);
            Assert.Equal(1, Enumerable.Range(1, 6).Sum(place => row.GetProperty($"probabilityBand{place}").GetDouble()), 3);
            Assert.Equal(JsonValueKind.Null, row.GetProperty("index").ValueKind);
        }
        Assert.Contains(rows, row => row.GetProperty("lastBand").GetInt32() > row.GetProperty("firstBand").GetInt32());
    }

    [Fact]
    public async Task American_index_looks_back_twelve_hours_also_before_the_time_asked_for()
    {
        await using var node = await PublicNode.StartAsync();
        var start = FakeCommons.LastReleased.Start;
        var nowCast = NowCast.Of([.. await HoursAsync(node, start.AddHours(-11), 12)], start.AddHours(1))!;
        var expected = UsAirQualityIndex.Of(IndexTables.UnitedStates2024, nowCast);

        var row = Assert.Single(
            (await node.GetJsonAsync($"{Address}?table=us-2024&from={FakeCommons.LastReleased}")).GetProperty("items").EnumerateArray());

        Assert.Equal(12, nowCast.HoursUsed);
        Assert.Equal(
            ("us-2024", expected.Index, expected.Lower, expected.Upper, expected.Band.ToString()),
            (row.GetProperty("table").GetString(), row.GetProperty("index").GetInt32(), row.GetProperty("indexLower").GetInt32(),
                row.GetProperty("indexUpper").GetInt32(), row.GetProperty("statement").GetString()));
    }

    [Fact]
    public async Task American_index_begins_with_the_second_hour_ever_released()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = (await node.GetJsonAsync($"{Address}?table=us-2024&from=2026-11-01&to=2026-11-16")).GetProperty("items");

        // Two of the newest three hours must be there; a page of one hour without an index is empty and has a next one.
        Assert.Equal(23, rows.GetArrayLength());
        Assert.Equal("2026-11-15T01:00:00Z", rows[0].GetProperty("start").GetString());
        var first = await node.GetJsonAsync($"{Address}?table=us-2024&from=2026-11-01&limit=1");
        Assert.Equal(0, first.GetProperty("items").GetArrayLength());
        Assert.NotNull(first.GetProperty("next").GetString());
    }

    [Fact]
    public async Task American_index_names_the_pollutants_whose_NowCast_was_used_and_no_other()
    {
        var noon = FakeCommons.LastReleased.Start;
        var commons = FakeCommons.Empty();
        // PM2.5 lacks the last hour but has the two before it; PM10 has the last hour only, which makes no NowCast.
        Add(Quantity.Pm25, -2, EstimateStatus.Final);
        Add(Quantity.Pm25, -1, EstimateStatus.Final);
        Add(Quantity.Pm10, 0, EstimateStatus.Live);

        var hours = await PollutantHours.ReadAsync(
            commons, Place, IndexTables.UnitedStates2024, noon, noon.AddHours(1), 10, TestContext.Current.CancellationToken);
        var index = hours.At(Assert.Single(hours.Starts))!;

        Assert.Equal(Quantity.Pm25, index.Responsible);
        var newest = Assert.Single(index.Hours);
        Assert.Equal((Quantity.Pm25, noon.AddHours(-1), EstimateStatus.Final), (newest.Quantity, newest.Start, newest.Status));

        void Add(Quantity quantity, int hour, EstimateStatus status) => commons.Add(
            Hour(quantity, 14) with { Start = noon.AddHours(hour), End = noon.AddHours(hour + 1), Status = status });
    }

    [Fact]
    public void Pollutant_nearest_to_the_next_band_is_responsible_where_several_are_in_one()
    {
        var (pm25, pm10) = (Hour(Quantity.Pm25, 14), Hour(Quantity.Pm10, 20));

        Assert.Equal(Quantity.Pm25, AirIndex.OfHour(IndexTables.Europe2024, [pm10, pm25]).Responsible);
        Assert.Equal(Quantity.Pm10, AirIndex.OfHour(IndexTables.Europe2024, [Hour(Quantity.Pm10, 60), pm25]).Responsible);
        Assert.Equal([pm25, pm10], AirIndex.OfHour(IndexTables.Europe2024, [pm10, Hour(Quantity.Laeq, 50), pm25]).Hours);
    }

    [Fact]
    public async Task Tables_are_listed_band_by_band()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = (await node.GetJsonAsync("/api/v1/indices")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(IndexTables.All.Sum(table => table.Scales.Length * table.Bands.Length), rows.Count);
        // EPA-454/B-24-002, table 6: PM2.5 from 9.1 to 35.4 is Moderate, 51 to 100.
        var moderate = Assert.Single(rows, row =>
            row.GetProperty("table").GetString() == "us-2024"
                && row.GetProperty("quantity").GetString() == "pm2_5" && row.GetProperty("band").GetInt32() == 2);
        Assert.Equal(
            ("Moderate", 9.1m, 35.4m, 51, 100),
            (moderate.GetProperty("name").GetString(), moderate.GetProperty("lower").GetDecimal(),
                moderate.GetProperty("upper").GetDecimal(),
                moderate.GetProperty("indexFirst").GetInt32(), moderate.GetProperty("indexLast").GetInt32()));
    }

    static async Task<IReadOnlyList<Estimate>> HoursAsync(PublicNode node, DateTimeOffset from, int hours) =>
        await node.Commons.ReadEstimatesAsync(
        new EstimateQuery(Place, Quantity.Pm25, Resolution.Hour, from, from.AddHours(hours), hours), TestContext.Current.CancellationToken);

    static Estimate Hour(Quantity quantity, double value) => new(
        Place, quantity, Resolution.Hour, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1), value, 1, value - 2, value + 2,
        EstimateStatus.Live);
}
