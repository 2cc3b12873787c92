using System.Text.Json;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>
/// Filters and orders on real entities, each with the ids that come out. The kinds of case are those of FROST's filter tests.
/// </summary>
public sealed class FilterTests
{
    const string Hour = "Datastreams('03131303010-pm2_5-hour')/Observations";

    [Theory]
    [InlineData("Things?$filter=name eq 'Area A (north-west)'", "03131303010")]
    [InlineData("Things?$filter=properties/isReleaseArea eq false", "0313130301")]
    [InlineData("Things?$filter=properties/enrolledOwners eq null", "0313130301")]
    [InlineData("Things?$filter=properties/enrolledOwners ne null&$orderby=properties/enrolledOwners desc",
        "03131303013,03131303011,03131303010")]
    [InlineData("Things?$filter=properties/parent eq '0313130301' and not endswith(id,'0')", "03131303011,03131303013")]
    [InlineData("Things?$filter=id eq '03131303010' or @iot.id eq '03131303013'", "03131303010,03131303013")]
    [InlineData("Things?$filter=id in ('03131303010','03131303013','x')", "03131303010,03131303013")]
    [InlineData("Things?$filter=not id in ('03131303010') and properties/zoom in (10,11) and properties/isReleaseArea",
        "03131303011,03131303013")]
    [InlineData("Things?$filter=properties/zoom eq '11' and not properties/isReleaseArea eq false",
        "03131303010,03131303011,03131303013")]
    [InlineData("Things?$filter=properties/nothing eq null", "0313130301,03131303010,03131303011,03131303013")]
    [InlineData("Things?$filter=length(id) add 1 eq 12 and properties/zoom mod 2 eq 1", "03131303010,03131303011,03131303013")]
    [InlineData("Things?$filter=Locations/name eq 'Area B (north-east)'", "03131303011")]
    [InlineData("Things?$filter=startswith(HistoricalLocations/Locations/name,'Whole')", "0313130301")]
    [InlineData("Things?$filter=HistoricalLocations/Locations/properties/zoom eq properties/zoom",
        "0313130301,03131303010,03131303011,03131303013")]
    [InlineData("Things?$filter=Datastreams/id eq null", "")]
    [InlineData("Things?$filter=Datastreams/id eq '03131303011-laeq-day'", "03131303011")]
    [InlineData("Things?$filter=Datastreams/ObservedProperty/name eq 'PM2.5' and Datastreams/properties/resolution eq 'month' and "
        + "endswith(id,'0')", "03131303010")]
    [InlineData("Things?$filter=Datastreams/ObservedProperty/name eq 'PM2.5' and Datastreams/ObservedProperty/name eq 'Temperature'", "")]
    [InlineData("Things?$filter=Datastreams/any(d:d/ObservedProperty/name eq 'PM2.5') and Datastreams/any(d:d/ObservedProperty/name eq "
        + "'Temperature') and id eq '03131303013'", "03131303013")]
    [InlineData("Things?$filter=Datastreams/all(d:startswith(d/id,'03131303011'))", "03131303011")]
    [InlineData("Things?$filter=Datastreams/any() and Locations/any(l:st_within(l/location,geography'POLYGON((-180 0,180 0,180 80,-180 "
        + "80,-180 0))')) and id eq '03131303010'", "03131303010")]
    [InlineData("Things?$filter=Locations/any(l:l/properties/zoom eq properties/zoom) and id eq '03131303010'", "03131303010")]
    [InlineData("Things?$filter=Datastreams/Observations/id eq '03131303011-pm2_5-day-20261121T0000Z'", "03131303011")]
    [InlineData("Things?$filter=Datastreams/Observations/FeatureOfInterest/id eq '03131303011' and Datastreams/Observations/resultTime ge "
        + "2026-11-22T13:30:00Z and Datastreams/Observations/resultTime le 2026-11-22T14:00:00Z", "03131303011")]
    [InlineData("Things?$filter=Datastreams/Observations/phenomenonTime lt 2026-01-01T00:00:00Z", "")]
    [InlineData("Datastreams?$filter=Observations/any(o:o/phenomenonTime lt 2026-10-02T00:00:00Z and o/result gt 0) and Thing/id eq "
        + "'03131303010'", "")]
    [InlineData("Datastreams?$filter=Observations/any(o:o/phenomenonTime lt 2026-11-02T00:00:00Z and o/result gt 0) and Thing/id eq "
        + "'03131303010'", "03131303010-laeq-month,03131303010-pm2_5-month,03131303010-temperature-month")]
    [InlineData("Datastreams?$filter=Observations/all(o:o/phenomenonTime ge 2026-11-16T00:00:00Z) and Thing/id eq '03131303010'", "")]
    [InlineData("ObservedProperties?$filter=Datastreams/Thing/Datastreams/ObservedProperty/id eq 'laeq'", "laeq,pm2_5,temperature")]
    [InlineData("ObservedProperties?$orderby=tolower(name) desc", "temperature,laeq,pm2_5")]
    [InlineData("ObservedProperties?$filter=substringof('eionet',definition)", "pm2_5")]
    [InlineData("Datastreams?$filter=unitOfMeasurement/symbol eq 'µg/m³' and properties/resolution eq 'month'",
        "0313130301-pm2_5-month,03131303010-pm2_5-month,03131303011-pm2_5-month,03131303013-pm2_5-month")]
    [InlineData("Datastreams?$filter=Thing/id eq '03131303010' and ObservedProperty/id eq 'laeq'&$orderby=properties/resolution desc",
        "03131303010-laeq-week,03131303010-laeq-month,03131303010-laeq-hour,03131303010-laeq-day")]
    [InlineData("Datastreams?$filter=overlaps(phenomenonTime,2026-10-05T00:00:00Z) and Thing/id eq '03131303010'",
        "03131303010-laeq-month,03131303010-pm2_5-month,03131303010-temperature-month")]
    [InlineData("Things('03131303010')/Datastreams?$filter=endswith(id,'week')",
        "03131303010-laeq-week,03131303010-pm2_5-week,03131303010-temperature-week")]
    [InlineData("Locations?$filter=st_within(location,geography'POLYGON((-180 -80,180 -80,180 80,-180 80,-180 -80))')&$orderby=name desc",
        "0313130301,03131303013,03131303011,03131303010")]
    [InlineData("FeaturesOfInterest?$filter=feature/type eq 'Polygon' and geo.distance(feature,geography'POINT(0 0)') gt 1000", "")]
    [InlineData("HistoricalLocations?$filter=time lt 2026-11-15T00:00:00.001Z&$orderby=id desc&$top=1", "03131303013")]
    [InlineData(Hour + "?$filter=phenomenonTime ge 2026-11-22T12:00:00Z",
        "03131303010-pm2_5-hour-20261122T1200Z,03131303010-pm2_5-hour-20261122T1300Z")]
    [InlineData(Hour + "?$filter=phenomenonTime gt 2026-11-22T12:00:00Z", "03131303010-pm2_5-hour-20261122T1300Z")]
    [InlineData(Hour + "?$filter=2026-11-15T02:00:00Z ge phenomenonTime",
        "03131303010-pm2_5-hour-20261115T0000Z,03131303010-pm2_5-hour-20261115T0100Z")]
    [InlineData(Hour + "?$filter=resultTime le 2026-11-15T02:00:00Z",
        "03131303010-pm2_5-hour-20261115T0000Z,03131303010-pm2_5-hour-20261115T0100Z")]
    [InlineData(Hour + "?$filter=resultTime gt now() sub duration'PT72M'&$orderby=id desc", "03131303010-pm2_5-hour-20261122T1300Z")]
    [InlineData(Hour + "?$filter=phenomenonTime eq 2026-11-20T05:00:00Z/PT1H", "03131303010-pm2_5-hour-20261120T0500Z")]
    [InlineData(Hour + "?$filter=during(phenomenonTime,2026-11-20T05:00:00+01:00/2026-11-20T06:00:00%2B01:00)",
        "03131303010-pm2_5-hour-20261120T0400Z")]
    [InlineData(Hour + "?$filter=overlaps(phenomenonTime,2026-11-20T05:30:00Z/2026-11-20T06:30:00Z)",
        "03131303010-pm2_5-hour-20261120T0500Z,03131303010-pm2_5-hour-20261120T0600Z")]
    [InlineData(Hour + "?$filter=id eq '03131303010-pm2_5-hour-20261120T0500Z'", "03131303010-pm2_5-hour-20261120T0500Z")]
    [InlineData(Hour + "?$filter=id eq 'nothing'", "")]
    [InlineData(Hour
        + "?$filter=phenomenonTime ge 2026-11-22T11:00:00Z and result sub result eq 0 and parameters/status eq "
        + "'live'&$orderby=phenomenonTime desc&$skip=1&$top=1", "03131303010-pm2_5-hour-20261122T1200Z")]
    [InlineData(Hour + "?$filter=hour(phenomenonTime) eq 6 and day(phenomenonTime) eq 20", "03131303010-pm2_5-hour-20261120T0600Z")]
    [InlineData("Observations?$filter=Datastream/id eq '03131303010-pm2_5-month'", "03131303010-pm2_5-month-20260930T2300Z")]
    [InlineData("Observations?$filter=FeatureOfInterest/id eq '03131303013' and Datastream/properties/resolution eq "
        + "'month'&$orderby=Datastream/id "
        + "desc", "03131303013-temperature-month-20260930T2300Z,03131303013-pm2_5-month-20260930T2300Z,03131303013-laeq-month-20260930T2300Z")]
    [InlineData("Observations?$filter=Datastream/Thing/Locations/name eq 'Area A (north-west)' and phenomenonTime lt "
        + "2026-11-10T00:00:00Z&$orderby=phenomenonTime", "03131303010-laeq-month-20260930T2300Z,03131303010-pm2_5-month-20260930T2300Z,03131303010-temperature-month-20260930T2300Z,03131303010-laeq-week-20261102T0000Z,03131303010-pm2_5-week-20261102T0000Z,03131303010-temperature-week-20261102T0000Z")]
    [InlineData("FeaturesOfInterest('03131303013')/Observations?$filter=Datastream/id eq '03131303013-pm2_5-week' and result gt "
        + "0&$orderby=phenomenonTime desc", "03131303013-pm2_5-week-20261109T0000Z,03131303013-pm2_5-week-20261102T0000Z")]
    public async Task A_query_finds_these_and_no_others(string query, string expected)
    {
        await using var node = await PublicNode.StartAsync();
        var answer = await node.GetJsonAsync("/sta/v1.1/" + query);
        Assert.Equal(expected,
            string.Join(',', answer.GetProperty("value").EnumerateArray().Select(entity => entity.GetProperty("@iot.id").GetString())));
    }

    [Theory]
    [InlineData("result gt 10", ">")]
    [InlineData("not (result le 10)", ">")]
    [InlineData("10 lt result", ">")]
    [InlineData("result lt 10", "<")]
    [InlineData("result div 2 lt 5", "<")]
    [InlineData("result add 5 mul 2 lt 20 or result gt 1000", "<")]
    public async Task Arithmetic_filters_agree_with_the_numbers(string filter, string kind)
    {
        await using var node = await PublicNode.StartAsync();
        var all = Results(await node.GetJsonAsync($"/sta/v1.1/{Hour}?$top=1000"));
        var found = Results(await node.GetJsonAsync($"/sta/v1.1/{Hour}?$top=1000&$count=true&$filter={filter}"));
        Assert.Equal(all.Where(result => kind == ">" ? result > 10 : result < 10), found);
        Assert.NotEmpty(found);
        Assert.True(found.Count < all.Count);

        static List<double> Results(JsonElement answer) =>
            [.. answer.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("result").GetDouble())];
    }
}
