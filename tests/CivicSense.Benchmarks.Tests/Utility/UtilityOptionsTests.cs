using CivicSense.Benchmarks.Utility;

namespace CivicSense.Benchmarks.Tests.Utility;

public sealed class UtilityOptionsTests
{
    [Theory]
    [InlineData("--field a.csv")]
    [InlineData("--field a.csv --quantity temperature")]
    [InlineData("--field a.csv --quantity no2 --scale 2 --spikes")]
    [InlineData("--aberdeen folder")]
    public void What_goes_together_is_taken(string line) => Assert.Empty(Errors(line));

    [Theory]
    [InlineData("", "either --field or --aberdeen")]
    [InlineData("--field a.csv --aberdeen folder", "either --field or --aberdeen")]
    [InlineData("--field a.csv --quantity laeq --scale 2", "laeq is none")]
    [InlineData("--field a.csv --quantity pressure --spikes", "pressure is none")]
    [InlineData("--aberdeen folder --quantity pm10", "in Aberdeen it is pm2_5")]
    [InlineData("--field a.csv --quantity cold", "'cold' not recognized")]
    [InlineData("--field a.csv --scale 0", "a number above 0")]
    public void What_does_not_is_said(string line, string problem) => Assert.Contains(problem, Assert.Single(Errors(line)));

    static IEnumerable<string> Errors(string line) => UtilityCommand.Create().Parse(line).Errors.Select(error => error.Message);
}
