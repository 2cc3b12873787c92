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
    [InlineData("hour(phenomenonTime) eq 7", "2,3,4,11,12,13,17,18,20")]
    public async Task Instants_and_intervals_compare(string filter, string expected)
    {
        var entities = Times.Select(text => new SampleEntity(EntityType.Observation, ("phenomenonTime", Read(text)))).ToList();
        Assert.Equal(expected, string.Join(',', await SampleQueries.MatchAsync(filter, EntityType.Observation, entities)));
    }

    static object Read(string text) => text.Split('-') is [var start, var end] ? new TimeInterval(At(start), At(end)) : At(text);

    static DateTimeOffset At(string clock) => DateTimeOffset.Parse($"2016-01-01T{clock}:00Z", CultureInfo.InvariantCulture);
}
