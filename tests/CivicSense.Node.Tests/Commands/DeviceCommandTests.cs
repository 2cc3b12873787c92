using System.CommandLine;
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

    [Fact]
    public async Task Sensors_are_listed_by_household_with_all_that_was_said_of_them()
    {
        using var folder = new TemporaryFolder();
        await RunAsync("add", "--data", folder.Path, "--owner", "Mill Lane 12", "--name", "roof", "--latitude=52.09", "--longitude=5.12",
            "--model", "sds011");
        await RunAsync("add", "--data", folder.Path, "--owner", "Mill Lane 12", "--name", "balcony", "--latitude=52.09",
            "--longitude=5.12");
        await RunAsync("add", "--data", folder.Path, "--owner", "Church Road 3", "--name", "s-2", "--latitude=-33.45",
            "--longitude=-70.66");

        // Cells computed with the formulas of the Bing Maps tile system at zoom 14.
        Assert.Equal(
            [
                "sensor   household      model   cell",
                "s-2      Church Road 3  -       21023103130002",
                "balcony  Mill Lane 12   -       12020211123203",
                "roof     Mill Lane 12   sds011  12020211123203",
                "Sensors: 3. Households with a sensor: 2.",
            ],
            (await RunAsync("list", "--data", folder.Path)).TrimEnd().Split(Environment.NewLine));
        await RunAsync("delete", "roof", "--data", folder.Path);
        Assert.DoesNotContain("roof", await RunAsync("list", "--data", folder.Path), StringComparison.Ordinal);
    }

    static async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        Assert.Equal(0, await DeviceCommand.Create().Parse(arguments).InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output }, TestContext.Current.CancellationToken));
        return output.ToString();
    }

    static IEnumerable<string> Errors(params string[] place) =>
        DeviceCommand.Create().Parse(["add", "--owner", "Ana", "--name", "s1", .. place]).Errors.Select(error => error.Message);
}
