using System.Globalization;
using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Tests.SensorThings.Expressions;

/// <summary>How times compare, on instants and intervals around 07:00 to 08:00. The cases are those of FROST's tests of times.</summary>
public sealed class TimeRelationTests
{
    const string Seven = "2016-01-01T07:00:00Z";
    const string SevenToEight = "2016-01-01T07:00:00Z/2016-01-01T08:00:00Z";

    static readonly string[] Times =
    [
        "06:00", "06:59", "07:00", "07:01", "07:59", "08:00", "08:01", "09:00", "06:00-06:59", "06:00-07:00", "06:00-07:01", "07:00-08:00",
        "07:01-07:59", "07:59-09:00", "08:00-09:00", "08:01-09:00", "06:59-08:01", "07:00-07:59", "07:00-08:01", "06:59-08:00",
        "07:01-08:00",
    ];

    [Theory]
    [InlineData("phenomenonTime lt " + Seven, "0,1,8,9")]
    [InlineData("phenomenonTime lt " + SevenToEight, "0,1,8,9")]
    [InlineData(Seven + " lt phenomenonTime", "3,4,5,6,7,12,13,14,15,20")]
    [InlineData(SevenToEight + " lt phenomenonTime", "5,6,7,14,15")]
    [InlineData("phenomenonTime gt " + Seven, "3,4,5,6,7,12,13,14,15,20")]
    [InlineData("phenomenonTime gt " + SevenToEight, "5,6,7,14,15")]
    [InlineData("phenomenonTime le " + Seven, "0,1,2,8,9")]
    [InlineData("phenomenonTime le " + SevenToEight, "0,1,2,8,9,10,11,17,19")]
    [InlineData("phenomenonTime ge " + Seven, "2,3,4,5,6,7,11,12,13,14,15,17,18,20")]
    [InlineData("phenomenonTime ge " + SevenToEight, "5,6,7,11,13,14,15,18,20")]
    [InlineData("phenomenonTime eq " + Seven, "2")]
    [InlineData("phenomenonTime eq " + SevenToEight, "11")]
    [InlineData("not phenomenonTime ne " + SevenToEight, "11")]
    [InlineData("before(phenomenonTime," + Seven + ")", "0,1,8,9")]
    [InlineData("after(phenomenonTime," + SevenToEight + ")", "5,6,7,14,15")]
    [InlineData("meets(phenomenonTime," + Seven + ")", "2,9,11,17,18")]
    [InlineData("meets(phenomenonTime," + SevenToEight + ")", "2,5,9,14")]
    [InlineData("during(phenomenonTime," + SevenToEight + ")", "2,3,4,11,12,17,20")]
    [InlineData("overlaps(phenomenonTime," + Seven + ")", "2,10,11,16,17,18,19")]
    [InlineData("overlaps(phenomenonTime," + SevenToEight + ")", "2,3,4,10,11,12,13,16,17,18,19,20")]
    [InlineData("starts(phenomenonTime," + SevenToEight + ")", "2,11,17,18")]
    [InlineData("finishes(phenomenonTime," + SevenToEight + ")", "5,11,19,20")]
    [InlineData("phenomenonTime add duration'PT1H' gt 2016-01-01T09:00:00Z", "6,7,15")]
    [InlineData("phenomenonTime gt 2016-01-01T09:00:00Z sub duration'PT1H'", "6,7,15")]
    [InlineData("phenomenonTime sub 2016-01-01T08:00:00Z eq duration'PT1H'", "7")]
    [InlineData(Seven + " gt phenomenonTime", "0,1,8,9")]
    [InlineData(SevenToEight + " gt phenomenonTime", "0,1,8,9")]
    [InlineData(Seven + " le phenomenonTime", "2,3,4,5,6,7,11,12,13,14,15,17,18,20")]
    [InlineData(SevenToEight + " le phenomenonTime", "5,6,7,11,13,14,15,18,20")]
    [InlineData(Seven + " ge phenomenonTime", "0,1,2,8,9")]
    [InlineData(SevenToEight + " ge phenomenonTime", "0,1,2,8,9,10,11,17,19")]
    [InlineData(Seven + " eq phenomenonTime", "2")]
    [InlineData(SevenToEight + " eq phenomenonTime", "11")]
    [InlineData("before(phenomenonTime," + SevenToEight + ")", "0,1,8,9")]
    [InlineData("before(" + Seven + ",phenomenonTime)", "3,4,5,6,7,12,13,14,15,20")]
    [InlineData("before(" + SevenToEight + ",phenomenonTime)", "5,6,7,14,15")]
    [InlineData("after(phenomenonTime," + Seven + ")", "3,4,5,6,7,12,13,14,15,20")]
    [InlineData("after(" + Seven + ",phenomenonTime)", "0,1,8,9")]
    [InlineData("after(" + SevenToEight + ",phenomenonTime)", "0,1,8,9")]
    [InlineData("meets(" + Seven + ",phenomenonTime)", "2,9,11,17,18")]
    [InlineData("meets(" + SevenToEight + ",phenomenonTime)", "2,5,9,14")]
    [InlineData("overlaps(" + Seven + ",phenomenonTime)", "2,10,11,16,17,18,19")]
    [InlineData("overlaps(" + SevenToEight + ",phenomenonTime)", "2,3,4,10,11,12,13,16,17,18,19,20")]
    [InlineData("starts(phenomenonTime," + Seven + ")", "2,11,17,18")]
    [InlineData("starts(" + Seven + ",phenomenonTime)", "2,11,17,18")]
    [InlineData("starts(" + SevenToEight + ",phenomenonTime)", "2,11,17,18")]
    [InlineData("finishes(phenomenonTime," + Seven + ")", "2,9")]
    [InlineData("finishes(" + Seven + ",phenomenonTime)", "2,9")]
    [InlineData("finishes(" + SevenToEight + ",phenomenonTime)", "5,11,19,20")]
    [InlineData("phenomenonTime sub duration'PT1H' gt " + Seven, "6,7,15")]
    [InlineData("phenomenonTime lt 2016-01-01T06:00:00Z/2016-01-01T07:00:00Z add duration'PT1H'", "0,1,8,9")]
    [InlineData("phenomenonTime gt 2016-01-01T08:00:00Z/2016-01-01T09:00:00Z sub duration'PT1H'", "5,6,7,14,15")]
    [InlineData("not phenomenonTime lt " + Seven + " and not phenomenonTime ge 2016-01-01T08:00:00Z",
        "2,3,4,10,11,12,13,16,17,18,19,20")]
    [InlineData("year(phenomenonTime) eq 2015", "")]
    [InlineData("hour(phenomenonTime) eq 7", "2,3,4,11,12,13,17,18,20")]
    public async Task Instants_and_intervals_compare(string filter, string expected)
    {
        var entities = Times.Select(text => new SampleEntity(EntityType.Observation, ("phenomenonTime", Read(text)))).ToList();
        Assert.Equal(expected, string.Join(',', await SampleQueries.MatchAsync(filter, EntityType.Observation, entities)));
    }

    /// <summary>The intervals alone: nothing is during an instant, and to ask for it is 400.</summary>
    [Theory]
    [InlineData("during(" + Seven + ",phenomenonTime)", "10,11,16,17,18,19")]
    [InlineData("during(" + SevenToEight + ",phenomenonTime)", "11,16,18,19")]
    public async Task During_is_true_of_the_intervals_that_hold_it(string filter, string expected)
    {
        const int instants = 8;
        var intervals = Times.Skip(instants)
            .Select(text => new SampleEntity(EntityType.Observation, ("phenomenonTime", Read(text)))).ToList();
        var found = await SampleQueries.MatchAsync(filter, EntityType.Observation, intervals);
        Assert.Equal(expected, string.Join(',', found.Select(index => instants + index)));
        var instant = new SampleEntity(EntityType.Observation, ("phenomenonTime", Read(Times[0])));
        var problem = await Assert.ThrowsAsync<ProblemException>(
            () => SampleQueries.MatchAsync(filter, EntityType.Observation, [instant]));
        Assert.Equal(400, problem.Status);
    }

    [Theory]
    [InlineData("phenomenonTime lt {0}", "2017-02,2018,2017-02/2018")]
    [InlineData("before(phenomenonTime,{0})", "2017-02,2018,2017-02/2018")]
    [InlineData("phenomenonTime gt {0}", "2014,2014/2015")]
    [InlineData("after(phenomenonTime,{0})", "2014,2014/2015")]
    [InlineData("phenomenonTime le {0}", "2017-02,2018,2015/2017-02,2015/2018,2017-02/2018")]
    [InlineData("phenomenonTime ge {0}", "2014,2015,2014/2015,2014/2017-02,2015/2017-02")]
    [InlineData("phenomenonTime eq {0}", "2015/2017-02")]
    [InlineData("meets(phenomenonTime,{0})", "2015,2017-02,2014/2015,2017-02/2018")]
    [InlineData("overlaps(phenomenonTime,{0})", "2015,2016,2016/2016-02,2014/2017-02,2014/2018,2015/2017-02,2015/2018")]
    [InlineData("starts(phenomenonTime,{0})", "2015,2015/2017-02,2015/2018")]
    [InlineData("finishes(phenomenonTime,{0})", "2017-02,2014/2017-02,2015/2017-02")]
    [InlineData("during(phenomenonTime,{0})", "2014/2017-02,2014/2018,2015/2017-02,2015/2018")]
    public async Task The_time_that_a_datastream_covers_compares_with_instants_and_intervals(string filter, string expected)
    {
        string[] times = ["2014", "2015", "2016", "2017-02", "2018", "2016/2016-02", "2014/2015", "2014/2017-02", "2014/2018", "2015/2017-02",
            "2015/2018", "2017-02/2018"];
        var stream = new SampleEntity(EntityType.Datastream, ("phenomenonTime", new TimeInterval(Year("2015"), Year("2017-02"))));
        var found = new List<string>();
        // Nothing is during an instant.
        var wantsInterval = filter.StartsWith("during", StringComparison.Ordinal);
        foreach (var time in times.Where(time => !wantsInterval || time.Contains('/', StringComparison.Ordinal)))
        {
            var literal = string.Join('/', time.Split('/').Select(text => TimeLiteral.Write(Year(text))));
            var asked = string.Format(CultureInfo.InvariantCulture, filter, literal);
            if ((await SampleQueries.MatchAsync(asked, EntityType.Datastream, [stream])).Count > 0) found.Add(time);
        }
        Assert.Equal(expected, string.Join(',', found));
    }

    static DateTimeOffset Year(string text) =>
        DateTimeOffset.Parse(text.Length == 4 ? text + "-01-01T00:00:00Z" : text + "-01T00:00:00Z", CultureInfo.InvariantCulture);

    static object Read(string text) => text.Split('-') is [var start, var end] ? new TimeInterval(At(start), At(end)) : At(text);

    static DateTimeOffset At(string clock) => DateTimeOffset.Parse($"2016-01-01T{clock}:00Z", CultureInfo.InvariantCulture);
}
