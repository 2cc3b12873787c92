namespace CivicSense.Commons.Tests.Quantities;

public sealed class QuantityTests
{
    public static TheoryData<string> Ids => [.. Quantity.All.Select(quantity => quantity.Id)];

    [Fact]
    public void Ordinals_are_what_databases_hold() =>
        Assert.Equal(
            ["pm2_5", "pm10", "no2", "o3", "laeq", "temperature", "humidity", "pressure"],
            Enumerable.Range(0, Quantity.All.Length).Select(ordinal => Quantity.All.Single(quantity => quantity.Ordinal == ordinal).Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_quantity_is_found_by_its_identifier(string id)
    {
        Assert.True(Quantity.TryFind(id, out var quantity));
        Assert.Equal(id, quantity.ToString());
        Assert.Same(quantity, Quantity.All[quantity.Ordinal]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PM2_5")]
    [InlineData("pm2.5")]
    [InlineData("co2")]
    public void Nothing_else_is_found(string id) => Assert.False(Quantity.TryFind(id, out _));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Model_scale_and_back_is_the_same_value_over_the_whole_range(string id)
    {
        Assert.True(Quantity.TryFind(id, out var q));
        for (var i = 0; i <= 1000; i++)
        {
            var value = q.Minimum + (q.Maximum - q.Minimum) * i / 1000;
            Assert.Equal(value, q.FromModelScale(q.ToModelScale(value)), tolerance: 1e-9 * (1 + Math.Abs(value)));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Model_scale_grows_with_the_value_and_its_slope_is_as_told(string id)
    {
        Assert.True(Quantity.TryFind(id, out var q));
        for (var i = 1; i < 100; i++)
        {
            var model = q.ToModelScale(q.Minimum + (q.Maximum - q.Minimum) * i / 100);
            var slope = (q.FromModelScale(model + 1e-6) - q.FromModelScale(model - 1e-6)) / 2e-6;
            Assert.True(slope > 0);
            Assert.Equal(slope, q.UnitsPerModelScale(model), tolerance: 1e-4 * slope);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Values_beyond_the_range_move_to_its_nearer_end(string id)
    {
        Assert.True(Quantity.TryFind(id, out var q));
        Assert.Equal(q.ToModelScale(q.Minimum), q.ToModelScale(double.NegativeInfinity));
        Assert.Equal(q.ToModelScale(q.Maximum), q.ToModelScale(q.Maximum + 1));
        Assert.Equal(q.Minimum, q.FromModelScale(-1e6));
        Assert.Equal(q.Maximum, q.FromModelScale(1e6));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Valid_is_the_closed_range_and_nothing_that_is_no_number(string id)
    {
        Assert.True(Quantity.TryFind(id, out var q));
        Assert.True(q.IsValid(q.Minimum));
        Assert.True(q.IsValid(q.Maximum));
        Assert.All(
            [double.BitDecrement(q.Minimum), double.BitIncrement(q.Maximum), double.NaN, double.PositiveInfinity, double.NegativeInfinity],
            value => Assert.False(q.IsValid(value)));
    }

    [Fact]
    public void Concentrations_are_compared_by_the_logarithm_of_three_more_and_sound_in_tens_of_decibels()
    {
        // The residuals of the mechanism: ln((x + 3)/(b + 3)) and (x - b)/10.
        Assert.Equal(Math.Log(15.0 / 13), Quantity.Pm25.ToModelScale(12) - Quantity.Pm25.ToModelScale(10), precision: 12);
        Assert.Equal(0.5, Quantity.Laeq.ToModelScale(57) - Quantity.Laeq.ToModelScale(52), precision: 12);
        Assert.Equal(Averaging.Energetic, Quantity.Laeq.Averaging);
        Assert.All(Quantity.All.Where(q => q != Quantity.Laeq), q => Assert.Equal(Averaging.Arithmetic, q.Averaging));
    }
}
