using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>What official stations do for the estimates of small areas.</summary>
/// <remarks>
/// Three seeded neighbourhoods each, of five areas with ten owners, whose mean the station follows within 5 %. The households and the noise
/// are the same whatever the stations do.
/// </remarks>
public sealed class OfficialStationsTests(ITestOutputHelper output)
{
    static readonly PrivacyDay May = PrivacyDay.Parse("2026-05-01");

    [Fact]
    public async Task A_station_makes_estimates_better_and_the_later_it_speaks_the_less()
    {
        var none = await Run();
        var prompt = await Run(new SimulatedStation("a"));
        var hour = await Run(new SimulatedStation("a") { Delay = 1 });
        var late = await Run(new SimulatedStation("a") { Delay = 2 });
        foreach (var (name, simulations) in new[] { ("none", none), ("prompt", prompt), ("an hour late", hour), ("two hours late", late) })
            output.WriteLine($"{name}: {Live(simulations)}; final {Score.Of(simulations, Resolution.Hour, EstimateStatus.Final)}");
        Assert.InRange(Live(prompt).Error, 0, 0.8 * Live(none).Error);
        Assert.True(Live(prompt).Error < Live(hour).Error);
        Assert.True(Live(hour).Error < Live(late).Error);
        Assert.InRange(Live(late).Error, 0, 0.97 * Live(none).Error);
        Assert.InRange(Live(prompt).Coverage, 0.9, 1);
        Assert.InRange(Live(late).Coverage, 0.9, 1);
        // Two days later it no longer matters when a value came.
        var (early, after) = (Score.Of(prompt, Resolution.Hour, EstimateStatus.Final),
            Score.Of(late, Resolution.Hour, EstimateStatus.Final));
        Assert.InRange(after.Error, 0.9 * early.Error, 1.15 * early.Error);
    }

    [Fact]
    public async Task Values_more_than_three_hours_late_change_nothing()
    {
        var silent = await Run(new SimulatedStation("a") { StopsAt = 0 });
        var late = await Run(new SimulatedStation("a") { Delay = 4 });
        Assert.NotEmpty(late[0].Commons.References);
        Assert.Equal(silent.SelectMany(simulation => simulation.Commons.Written),
            late.SelectMany(simulation => simulation.Commons.Written));
    }

    [Fact]
    public async Task Stations_that_never_speak_leave_the_estimates_as_they_are_without()
    {
        var (none, silent) = (await Run(), await Run(new SimulatedStation("a") { StopsAt = 0 }));
        Assert.Equal(Live(none).Error, Live(silent).Error, 6);
    }

    [Fact]
    public async Task When_the_stations_stop_the_estimates_are_as_good_as_without_and_still_covered()
    {
        const int stop = 8 * 24;
        var (none, stopped) = (await Run(), await Run(
            new SimulatedStation("a") { StopsAt = stop }, new SimulatedStation("b") { StopsAt = stop, Bias = -0.2 }));
        Score After(List<SimulatedNeighbourhood> simulations) =>
            Score.Of(simulations, Resolution.Hour, EstimateStatus.Live, warmUpHours: stop + 6);
        output.WriteLine($"without {After(none)}, stopped {After(stopped)}");
        Assert.InRange(After(stopped).Error, 0, 1.05 * After(none).Error);
        Assert.InRange(After(stopped).Coverage, 0.9, 1);
    }

    /// <remarks>What one of two stations had is not repeated, nor does its silence look like a change of the air.</remarks>
    [Fact]
    public async Task When_one_of_two_stations_stops_the_other_goes_on_helping()
    {
        var none = await Run();
        var both = await Run(new SimulatedStation("a") { StopsAt = 8 * 24, Bias = 0.4 }, new SimulatedStation("b") { Bias = -0.4 });
        Score After(List<SimulatedNeighbourhood> simulations) =>
            Score.Of(simulations, Resolution.Hour, EstimateStatus.Live, warmUpHours: 8 * 24);
        output.WriteLine($"without {After(none)}, one left {After(both)}");
        Assert.InRange(After(both).Error, 0, 0.85 * After(none).Error);
        Assert.InRange(After(both).Coverage, 0.9, 1);
    }

    static Score Live(List<SimulatedNeighbourhood> simulations) => Score.Of(simulations, Resolution.Hour, EstimateStatus.Live);

    static async Task<List<SimulatedNeighbourhood>> Run(params SimulatedStation[] stations)
    {
        var simulations = new List<SimulatedNeighbourhood>();
        for (var seed = 41; seed < 44; seed++)
        {
            simulations.Add(new SimulatedNeighbourhood(seed)
            {
                FirstDay = May, Days = 16, Areas = [("0310", 10), ("0311", 10), ("0312", 10), ("0320", 10), ("0321", 10)],
                    Stations = stations,
            });
            await simulations[^1].RunAsync();
        }
        return simulations;
    }
}
