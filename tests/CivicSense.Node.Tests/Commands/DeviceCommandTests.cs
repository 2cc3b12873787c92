using CivicSense.Node.Commands;

namespace CivicSense.Node.Tests.Commands;

public sealed class DeviceCommandTests
{
    /// <summary>A comma would be taken for one between groups of digits: 4,5 for 45.</summary>
    [Theory]
    [InlineData("4,5")]
    [InlineData("-3,7")]
    [InlineData("40.42N")]
    [InlineData("1 2")]
    public void Degrees_that_are_no_number_with_a_point_are_refused(string degrees)
    {
        Assert.Equal(
            [$"--latitude: '{degrees}' is not allowed; allowed is a number with a point, such as 40.42."],
            Errors($"--latitude={degrees}", "--longitude=0.5"));
        Assert.Equal(
            [$"--longitude: '{degrees}' is not allowed; allowed is a number with a point, such as 40.42."],
            Errors("--latitude=0.5", $"--longitude={degrees}"));
    }

    [Fact]
    public void Degrees_with_a_point_are_taken_on_either_side_of_the_equator() =>
        Assert.Empty(Errors("--latitude=-33.45", "--longitude=-70"));

    static IEnumerable<string> Errors(params string[] place) =>
        DeviceCommand.Create().Parse(["add", "--owner", "Ana", "--name", "s1", .. place]).Errors.Select(error => error.Message);
}
