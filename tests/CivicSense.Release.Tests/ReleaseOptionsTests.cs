using System.Collections.Immutable;

namespace CivicSense.Release.Tests;

public sealed class ReleaseOptionsTests
{
    public static TheoryData<string, ReleaseOptions> Wrong => new()
    {
        { "timeZone", new ReleaseOptions { TimeZone = "Atlantis/Poseidon" } },
        { "rho", new ReleaseOptions { Rho = 0 } },
        { "rho", new ReleaseOptions { Rho = 1.01m } },
        { "minimumOwnersPerArea", new ReleaseOptions { MinimumOwnersPerArea = 4 } },
        { "lateness", new ReleaseOptions { Lateness = TimeSpan.FromMinutes(51) } },
        { "lateness", new ReleaseOptions { Lateness = TimeSpan.FromSeconds(-1) } },
        { "ingestTimeout", new ReleaseOptions { IngestTimeout = TimeSpan.FromSeconds(4) } },
        { "ingestTimeout", new ReleaseOptions { IngestTimeout = TimeSpan.FromHours(2) } },
        { "activityShare", new ReleaseOptions { ActivityShare = 0.21m, Shares = Share("pm10", 0.1m) } },
        { "pacing", new ReleaseOptions { Pacing = 0.99m } },
        { "pacing", new ReleaseOptions { Pacing = 5.01m } },
        { "pacing", new ReleaseOptions { Pacing = -1 } },
        { "shares", new ReleaseOptions { Shares = ImmutableDictionary<string, decimal>.Empty } },
        { "shares", new ReleaseOptions { Shares = Share("co2", 0.1m) } },
        { "shares.pm10", new ReleaseOptions { Shares = Share("pm10", 0) } },
        { "shares", new ReleaseOptions { ActivityShare = 0.06m } },
        { "calibrations", new ReleaseOptions { Calibrations = Formula("SDS011", "hackair-2018") } },
        { "calibrations", new ReleaseOptions { Calibrations = Formula("", "hackair-2018") } },
        { "calibrations.sds011", new ReleaseOptions { Calibrations = Formula("sds011", "hackair") } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void What_is_wrong_is_named_by_its_key(string key, ReleaseOptions options)
    {
        var problem = Assert.Single(options.Validate());
        Assert.StartsWith(key + ": ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new ReleaseOptions().Validate());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Pacing_may_be_none_or_anything_from_1_to_5(int pacing) => Assert.Empty(new ReleaseOptions { Pacing = pacing }.Validate());

    [Fact]
    public void A_message_says_value_and_range() =>
        Assert.Equal("rho: 2 is not allowed; allowed is 0.0001 to 1.", Assert.Single(new ReleaseOptions { Rho = 2 }.Validate()));

    [Fact]
    public void An_unknown_formula_is_answered_with_those_that_there_are() =>
        Assert.Equal(
            "calibrations.sds011: 'hackair' is not allowed; allowed is none, barkjohn-2021, epa-2021-cf1, epa-2021-atm, hackair-2018.",
            Assert.Single(new ReleaseOptions { Calibrations = Formula("sds011", "hackair") }.Validate()));

    static ImmutableDictionary<string, string> Formula(string model, string formula) =>
        ImmutableDictionary<string, string>.Empty.Add(model, formula);

    static ImmutableDictionary<string, decimal> Share(string id, decimal share) =>
        ImmutableDictionary<string, decimal>.Empty.Add(id, share);
}
