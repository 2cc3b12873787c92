using CivicSense.Benchmarks.Utility;

namespace CivicSense.Benchmarks.Tests.Utility.Scenes;

public sealed class FieldSceneTests
{
    [Theory]
    [InlineData(-5, "240 of 480 values times 1 are below 0")]
    [InlineData(1001, "and 240 above 1000")]
    public void A_field_that_cannot_be_of_fine_particles_is_refused(double air, string problem)
    {
        var error = Assert.Throws<UtilityException>(() => SmallScenes.Of(days: 10, areas: 1, owners: 5, (hour, _) => hour < 120 ? air : 10));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_area_without_a_value_is_named()
    {
        var error = Assert.Throws<UtilityException>(
            () => SmallScenes.Of(days: 10, areas: 2, owners: 5, (_, station) => station == 2 ? null : 10));

        Assert.Contains("S2 has no value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_values_below_zero_count_as_zero()
    {
        var (scene, _) = SmallScenes.Of(days: 10, areas: 1, owners: 5, (hour, _) => hour % 24 == 3 ? -0.5 : 10);

        Assert.All(scene.Values, values => Assert.Equal(0, values[3]));
        Assert.All(scene.Values, values => Assert.InRange(values[4], 2, 50));
    }
}
