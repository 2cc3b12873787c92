using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Tests.SensorThings.Expressions;

/// <summary>The functions of OGC 18-088, table 23, with the examples of that table where they are whole.</summary>
public sealed class FunctionTests
{
    const string Square = "geography'POLYGON ((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'";

    [Theory]
    [InlineData("substringof('Sensor Things','my Sensor Things!')")]
    [InlineData("not substringof('my Sensor','Sensor')")]
    [InlineData("contains('Sensor Things','Things')")]
    [InlineData("endswith('Sensor Things','Things')")]
    [InlineData("startswith('Sensor Things','Sensor')")]
    [InlineData("not startswith('Sensor Things','sensor')")]
    [InlineData("length('Sensor Things') eq 13")]
    [InlineData("indexof('A Sensor','Sensor') eq 2")]
    [InlineData("indexof('A Sensor','x') eq -1")]
    [InlineData("substring('Sensor Things',1) eq 'ensor Things'")]
    [InlineData("substring('Sensor Things',2,4) eq 'nsor'")]
    [InlineData("substring('abc',5) eq ''")]
    [InlineData("substring('abc',1,99) eq 'bc'")]
    [InlineData("tolower('Sensor Things') eq 'sensor things'")]
    [InlineData("toupper('Sensor Things') eq 'SENSOR THINGS'")]
    [InlineData("trim('  Sensor ') eq 'Sensor'")]
    [InlineData("concat(concat('degree',', '),'Celsius') eq 'degree, Celsius'")]
    [InlineData("year(2015-12-08T01:02:03.25Z) eq 2015")]
    [InlineData("month(2015-12-08T01:02:03.25Z) eq 12")]
    [InlineData("day(2015-12-08T01:02:03.25Z) eq 8")]
    [InlineData("hour(2015-12-08T01:02:03.25Z) eq 1")]
    [InlineData("minute(2015-12-08T01:02:03.25Z) eq 2")]
    [InlineData("second(2015-12-08T01:02:03.25Z) eq 3")]
    [InlineData("fractionalseconds(2015-12-08T01:02:03.25Z) eq 0.25")]
    [InlineData("date(2015-12-08T01:02:03Z) eq 2015-12-08")]
    [InlineData("time(2015-12-08T01:02:03Z) eq 01:02:03")]
    [InlineData("totaloffsetminutes(2015-12-08T01:02:03+01:00) eq 60")]
    [InlineData("hour(2015-12-08T01:02:03+01:00) eq 1")]
    [InlineData("year(2015-12-31T23:00:00Z/2016-01-01T01:00:00Z) eq 2015")]
    [InlineData("now() eq 2026-11-22T14:12:00Z")]
    [InlineData("mindatetime() lt now() and now() lt maxdatetime()")]
    [InlineData("round(32.4) eq 32 and round(-0.5) eq -1 and round(2.5) eq 3")]
    [InlineData("floor(32.9) eq 32 and ceiling(32.1) eq 33 and floor(5) eq 5")]
    [InlineData("geo.distance(geography'POINT (30 10)', geography'POINT (33 14)') eq 5")]
    [InlineData("geo.length(geography'LINESTRING (0 0, 3 4, 3 5)') eq 6")]
    [InlineData("geo.length(geography'POINT (1 1)') eq 0")]
    [InlineData("geo.intersects(geography'POINT (8 52)'," + Square + ")")]
    [InlineData("st_equals(geography'LINESTRING (0 0, 1 1)', geography'LINESTRING (1 1, 0 0)')")]
    [InlineData("st_disjoint(geography'POINT (8 54)'," + Square + ")")]
    [InlineData("st_touches(geography'POINT (7.5 52)'," + Square + ")")]
    [InlineData("st_within(geography'POINT (8 52)'," + Square + ")")]
    [InlineData("st_overlaps(geography'POLYGON ((8 52, 9 52, 9 53, 8 52))'," + Square + ")")]
    [InlineData("st_crosses(geography'LINESTRING (7 52, 9 52)'," + Square + ")")]
    [InlineData("st_intersects(geography'LINESTRING (7 52, 8 52)'," + Square + ")")]
    [InlineData("st_contains(" + Square + ",geography'POINT (8 52)')")]
    [InlineData("st_relate(geography'POINT (8 52)'," + Square + ",'T*F**F***')")]
    [InlineData("2 add 3 mul 4 eq 14")]
    [InlineData("7 div 2 eq 3 and 7.0 div 2 eq 3.5 and 7 mod 4 eq 3 and -7 mod 4 eq -3")]
    [InlineData("9223372036854775807 add 1 eq 9223372036854775808.0")]
    [InlineData("1 eq 1.0")]
    [InlineData("4 gt '3' and '2.5' lt 3 and '-1' eq -1 and 12 ge '9'")]
    [InlineData("1 add 1 mul 2 sub -1 eq 4 and 6 div 2 sub 1 eq 2")]
    [InlineData("1 add 2.0 mod (1 add 1) eq 1 and 14 div (1 add 1) mod 3 mul 3 eq 3")]
    [InlineData("false and true or true")]
    [InlineData("not (false and (true or true))")]
    [InlineData("2016-01-01T00:00:00Z add duration'P1DT1H' eq 2016-01-02T01:00:00Z")]
    [InlineData("2016-01-01T01:00:00Z sub 2016-01-01T00:00:00Z eq duration'PT1H'")]
    [InlineData("'2016-01-01T00:00:00Z' eq 2016-01-01T00:00:00Z")]
    [InlineData("2016-01-01T01:00:00+01:00 eq 2016-01-01T00:00:00Z")]
    public async Task It_is_true(string filter) => Assert.Equal(true, await SampleQueries.EvaluateAsync(filter));

    /// <summary>OData 4.0 part 1, 11.2.5.1: logic with three values.</summary>
    [Theory]
    [InlineData("null eq null", true)]
    [InlineData("null ne null", false)]
    [InlineData("1 eq null", false)]
    [InlineData("1 ne null", true)]
    [InlineData("1 gt null", false)]
    [InlineData("null le null", false)]
    [InlineData("not null", null)]
    [InlineData("null and true", null)]
    [InlineData("null and false", false)]
    [InlineData("null or true", true)]
    [InlineData("null or false", null)]
    [InlineData("null add 1", null)]
    [InlineData("length(null)", null)]
    [InlineData("1 div 0", null)]
    [InlineData("1 mod 0", null)]
    [InlineData("'a' add 1", null)]
    [InlineData("length(5)", null)]
    [InlineData("'a' eq 1", false)]
    [InlineData("'a' ne 1", true)]
    [InlineData("'a' lt 1", false)]
    [InlineData("'03' eq 3", false)]
    [InlineData("'' lt 1", false)]
    [InlineData("'3 ' eq 3", false)]
    [InlineData("NaN eq NaN", false)]
    [InlineData("1.0 div 0 eq INF", true)]
    [InlineData("st_within('a','b')", null)]
    [InlineData("9999-12-30T00:00:00Z add duration'P99999D'", null)]
    public async Task What_is_unknown_stays_unknown(string filter, bool? expected) =>
        Assert.Equal(expected, await SampleQueries.EvaluateAsync(filter));

    [Theory]
    [InlineData("during(2016-01-01T00:00:00Z, 2016-01-01T00:00:00Z)")]
    [InlineData("st_relate(geography'POINT (1 1)', geography'POINT (1 1)', 'TTT')")]
    public async Task A_constant_of_the_wrong_kind_is_400(string filter) =>
        Assert.Equal(400, (await Assert.ThrowsAsync<ProblemException>(() => SampleQueries.EvaluateAsync(filter))).Status);

    /// <summary>Shapes as in FROST's tests of geometry: five points, a triangle and three lines.</summary>
    [Theory]
    [InlineData("geo.distance(location, geography'POINT(8 54.1)') lt 1", "3")]
    [InlineData("geo.intersects(location, geography'LINESTRING(7.5 51, 7.5 54)')", "4,7")]
    [InlineData("geo.length(location) gt 1", "6,7")]
    [InlineData("geo.length(location) eq 1", "5")]
    [InlineData("geo.length(location) lt 4", "0,1,2,3,4,5,6")]
    [InlineData("st_contains(" + Square + ", location)", "1,2")]
    [InlineData("st_crosses(geography'LINESTRING(7.5 51.5, 7.5 53.5)', location)", "4,7")]
    [InlineData("st_disjoint(" + Square + ", location)", "0,3,5,6")]
    [InlineData("st_equals(location, geography'POINT(8 53)')", "2")]
    [InlineData("st_touches(geography'POLYGON((8 53, 7.5 54.5, 8.5 54.5, 8 53))', location)", "2,4")]
    [InlineData("st_within(geography'POINT(7.5 52.75)', location)", "4")]
    public async Task Relations_of_shapes_find_the_right_locations(string filter, string expected)
    {
        string[] shapes =
        [
            "POINT (8 51)", "POINT (8 52)", "POINT (8 53)", "POINT (8 54)", "POLYGON ((8 53, 7 52, 7 53, 8 53))", "LINESTRING (5 52, 5 53)",
            "LINESTRING (5 52, 6 53)", "LINESTRING (4 52, 8 52)",
        ];
        var locations = shapes.Select(shape => new SampleEntity(EntityType.Location, ("location", ShapeText.Read(shape)))).ToList();
        Assert.Equal(expected, string.Join(',', await SampleQueries.MatchAsync(filter, EntityType.Location, locations)));
    }
}
