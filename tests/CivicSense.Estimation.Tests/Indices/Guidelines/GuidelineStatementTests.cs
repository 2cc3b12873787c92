using System.Text;
using CivicSense.Commons;

namespace CivicSense.Estimation.Tests.Indices.Guidelines;

public sealed class GuidelineStatementTests
{
    static readonly GuidelineTable Who = GuidelineTables.Who2021;

    /// <summary>WHO global air quality guidelines 2021, table 0.1: the interim targets, then the guideline level.</summary>
    [Theory]
    [InlineData("pm2_5", GuidelinePeriod.Year, new[] { 35.0, 25, 15, 10, 5 })]
    [InlineData("pm2_5", GuidelinePeriod.Day, new[] { 75, 50, 37.5, 25, 15 })]
    [InlineData("pm10", GuidelinePeriod.Year, new[] { 70.0, 50, 30, 20, 15 })]
    [InlineData("pm10", GuidelinePeriod.Day, new[] { 150.0, 100, 75, 50, 45 })]
    [InlineData("no2", GuidelinePeriod.Year, new[] { 40.0, 30, 20, 10 })]
    [InlineData("no2", GuidelinePeriod.Day, new[] { 120.0, 50, 25 })]
    [InlineData("o3", GuidelinePeriod.EightHours, new[] { 160.0, 120, 100 })]
    [InlineData("o3", GuidelinePeriod.PeakSeason, new[] { 100.0, 70, 60 })]
    public void Levels_are_those_of_the_WHO(string id, GuidelinePeriod period, double[] levels)
    {
        Assert.True(Quantity.TryFind(id, out var quantity));
        var found = Who.LevelsOf(quantity, period);
        Assert.Equal(levels, found.Select(level => level.Value));
        Assert.Equal("guideline level", found[^1].Name);
        Assert.Equal("interim target 1", found[0].Name);
    }

    [Fact]
    public void Day_well_above_is_said_to_be_above_and_how_sure_that_is()
    {
        // ln(23/18) = 0.2451; 0.2451/0.166 = 1.4766 deviations, Phi = 0.930.
        var statement = GuidelineStatement.OfDay(Who, Published.Day(Quantity.Pm25, 20, 0.166))[^1];
        Assert.Equal(GuidelineVerdict.Exceeded, statement.Verdict);
        Assert.Equal(0.930, statement.ProbabilityAbove, 3);
        Assert.Equal("above the WHO guideline level for a day, 93 % sure", statement.ToString());
    }

    [Fact]
    public void Day_near_the_level_cannot_be_told()
    {
        var statement = GuidelineStatement.OfDay(Who, Published.Day(Quantity.Pm25, 16, 0.2))[^1];
        Assert.Equal(GuidelineVerdict.CannotBeTold, statement.Verdict);
        Assert.Equal("cannot be told", statement.ToString());
    }

    [Fact]
    public void Day_well_below_is_said_not_to_be_above()
    {
        // ln(18/9) = 0.693; 3.47 deviations of 0.2, Phi = 0.9997: 99 %, not 100 %.
        var statement = GuidelineStatement.OfDay(Who, Published.Day(Quantity.Pm25, 6, 0.2))[^1];
        Assert.Equal(GuidelineVerdict.Kept, statement.Verdict);
        Assert.Equal("not above the WHO guideline level for a day, 99 % sure", statement.ToString());
    }

    [Fact]
    public void Lower_levels_are_the_more_probably_exceeded()
    {
        var statements = GuidelineStatement.OfDay(Who, Published.Day(Quantity.Pm25, 30, 0.3));
        Assert.Equal(5, statements.Length);
        var probabilities = statements.Select(statement => statement.ProbabilityAbove).ToList();
        Assert.Equal(probabilities.Order(), probabilities);
    }

    [Fact]
    public void Level_itself_is_not_above_it() =>
        Assert.Equal(0, GuidelineStatement.OfDay(Who, Published.Day(Quantity.Pm25, 15))[^1].ProbabilityAbove);

    [Fact]
    public void Other_times_have_their_own_levels_and_other_quantities_none()
    {
        var year = new UncertainValue(Quantity.Pm25, 8, 0.5, 7, 9);
        var statement = GuidelineStatement.Of(Who, year, GuidelinePeriod.Year)[^1];
        Assert.Equal("above the WHO guideline level for a year, 99 % sure", statement.ToString());
        Assert.Empty(GuidelineStatement.OfDay(Who, Published.Day(Quantity.Laeq, 60)));
        Assert.Empty(GuidelineStatement.OfDay(Who, Published.Day(Quantity.O3, 60)));
        Assert.Throws<ArgumentException>(() => GuidelineStatement.OfDay(Who, Published.Hour(Quantity.Pm25, 10)));
    }

    [Theory]
    [InlineData("\"value\": 20", "\"value\": 60", "is not sorted: guideline level of pm10 is not below interim target 1")]
    [InlineData("\"value\": 20", "\"value\": 0", "has a guideline level of pm10 that is not positive or not valid")]
    [InlineData("ug/m3", "mg/m3", "gives pm10 in mg/m3, not in ug/m3")]
    [InlineData("pm10", "co", "has a level of co, which is no quantity")]
    [InlineData("\"test\"", "\"tset\"", "calls itself tset")]
    public void Malformed_table_is_refused_with_the_reason(string old, string replacement, string reason)
    {
        const string Text = """
            {
              "id": "test", "name": "A test", "source": "A test",
              "levels": [
                { "quantity": "pm10", "unit": "ug/m3", "period": "day", "name": "interim target 1", "value": 50 },
                { "quantity": "pm10", "unit": "ug/m3", "period": "day", "name": "guideline level", "value": 20 }
              ]
            }
            """;
        Assert.Equal(2, Read(Text).Levels.Length);
        var refusal = Assert.Throws<InvalidDataException>(() => Read(Text.Replace(old, replacement, StringComparison.Ordinal)));
        Assert.Equal($"Table test {reason}.", refusal.Message);

        static GuidelineTable Read(string text) => GuidelineTableReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "test");
    }
}
