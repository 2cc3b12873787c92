namespace CivicSense.Estimation.Tests;

/// <remarks>
/// An area's own air is redrawn every hour, beside other air that is expected correctly, and measured with noise: shares of the variance
/// that is expected of a measurement.
/// </remarks>
public sealed class LocalScaleTests
{
    const int Month = 30 * 24;

    [Theory]
    [InlineData(1)]
    [InlineData(0.4)]
    [InlineData(3)]
    public void What_the_own_air_is_multiplied_with_is_mostly_found_within_a_month(double truth) =>
        Assert.InRange(
            Math.Abs(Math.Log(Learn(new LocalScale(), truth, own: 0.3, air: 0.4, hours: Month) / truth)),
            0, 0.15 + 0.4 * Math.Abs(Math.Log(truth)));

    [Fact]
    public void Where_noise_drowns_the_air_it_stays_near_one() =>
        Assert.InRange(Learn(new LocalScale(), truth: 3, own: 0.01, air: 0.01, hours: 6 * Month), 0.9, 1.3);

    [Fact]
    public void One_hour_far_from_what_was_expected_changes_little()
    {
        var scale = new LocalScale();
        scale.Learn(own: 0.3, air: 0.4, square: 1000);
        Assert.InRange(scale.Factor, 1, 1.8);
    }

    [Fact]
    public void Hours_that_say_nothing_let_it_return_to_one()
    {
        var scale = new LocalScale();
        Learn(scale, truth: 3, own: 0.3, air: 0.4, hours: Month);
        for (var hour = 0; hour < 3 * Month; hour++)
            scale.Learn(own: 0, air: 0, square: 0);
        Assert.InRange(scale.Factor, 1, 1.1);
    }

    [Fact]
    public void Where_little_was_learnt_a_new_variance_is_believed()
    {
        var scale = new LocalScale();
        scale.Rebase(4);
        Assert.Equal(1, scale.Factor);
    }

    [Fact]
    public void Where_much_was_learnt_most_of_a_new_variance_is_taken_back()
    {
        var scale = new LocalScale();
        var before = Learn(scale, truth: 3, own: 0.6, air: 0.6, hours: 3 * Month);
        scale.Rebase(2);
        Assert.InRange(2 * scale.Factor / before, 1, 1.4);
    }

    [Fact]
    public void A_copy_begins_with_what_was_learnt_and_goes_its_own_way()
    {
        var scale = new LocalScale();
        var before = Learn(scale, truth: 3, own: 0.3, air: 0.4, hours: Month);
        var copy = scale.Copy();
        Assert.Equal(before, copy.Factor);
        Learn(copy, truth: 0.4, own: 0.3, air: 0.4, hours: Month);
        Assert.Equal(before, scale.Factor);
    }

    /// <summary>Measures so many hours in which the own variance is <paramref name="truth"/> times what was expected at first.</summary>
    /// <returns>The factor at the end.</returns>
    static double Learn(LocalScale scale, double truth, double own, double air, int hours)
    {
        var random = new Random(1);
        for (var hour = 0; hour < hours; hour++)
        {
            // The filter expects what the factor says.
            var expected = 1 + (scale.Factor - 1) * own;
            var normal = random.Normal();
            scale.Learn(scale.Factor * own / expected, (air + (scale.Factor - 1) * own) / expected,
                normal * normal * (1 + (truth - 1) * own) / expected);
        }
        return scale.Factor;
    }
}
