using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>The release of a window as a measurement of the contract.</summary>
public sealed class OwnerDayMeasurementTests
{
    static readonly Rational Rho = Rational.FromDecimal(0.028m);
    static readonly OwnerDayDomain Plan = new(
        [10, 0.8, 0.1, 0, 10, double.MaxValue, 1, 2], new Dictionary<int, int> { [1] = 1, [2] = 2, [3] = 1 });

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    [InlineData(31)]
    public void The_map_is_rho_for_one_owner_day_and_grows_with_the_square(int gridBits)
    {
        var mechanism = new OwnerDayMechanism(Rho, gridBits);
        var absent = mechanism.Window(Plan, Adjacency.ZeroOut);
        Assert.Equal(Rho, absent.Map(Rational.One));
        Assert.Equal(Rational.Zero, absent.Map(Rational.Zero));
        Assert.Equal(Rho * Rational.FromInteger(9), absent.Map(Rational.FromInteger(3)));
        Assert.Equal(Rho * Rational.FromInteger(4), mechanism.Window(Plan, Adjacency.ReplaceOne).Map(Rational.One));
        Assert.Equal(absent.Map(Rational.FromInteger(3)), mechanism.Map(Rational.FromInteger(3), Adjacency.ZeroOut));
        Assert.True(absent.Check(Rational.One, Rho));
        Assert.False(absent.Check(Rational.One, Rho - new Rational(1, 1_000_000_000)));
    }

    [Fact]
    public void The_map_refuses_half_an_owner_and_negative_ones()
    {
        var measurement = new OwnerDayMechanism(Rho).Window(Plan, Adjacency.ZeroOut);
        Assert.Throws<ArgumentOutOfRangeException>(() => measurement.Map(new Rational(1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => measurement.Map(Rational.FromInteger(-1)));
    }

    [Fact]
    public void It_answers_what_clip_and_publish_answer_one_after_the_other()
    {
        var window = new OwnerDayWindow(new Dictionary<int, long>(), [new(1, 0, 0.3), new(2, 0, -0.1), new(2, 2, 0.7)]);
        var composed = new OwnerDayMechanism(Rho, 16, null, new ScriptedBytes(5)).Window(Plan, Adjacency.ZeroOut);
        var steps = new OwnerDayMechanism(Rho, 16, null, new ScriptedBytes(5));
        var released = composed.Release(Rational.One, window);
        Assert.Equal(steps.Publish(steps.Clip(Plan, window).Sums), released.Value);
        Assert.Equal(Rho, released.Loss);
    }

    [Fact]
    public void Neighbouring_windows_have_sums_no_further_apart_than_the_stability_says() =>
        Prop.ForAll(Windows, Windows, Gen.Choose(1, 3).ToArbitrary(), (left, right, changed) =>
        {
            // The neighbour has the other residuals and another budget for one owner.
            var mechanism = new OwnerDayMechanism(Rho);
            var before = new Dictionary<int, long> { [1] = 1L << 31, [3] = 12345 };
            var after = new Dictionary<int, long>(before) { [changed] = 1L << 20 };
            OwnerDayResidual[] own = [.. left.DistinctBy(residual => (residual.Owner, residual.Key))];
            OwnerDayResidual[] other =
            [
                .. own.Where(residual => residual.Owner != changed),
                .. right.DistinctBy(residual => (residual.Owner, residual.Key)).Where(residual => residual.Owner == changed),
            ];
            var data = mechanism.Clip(Plan, new OwnerDayWindow(before, own));
            var bound = (Int128)mechanism.Grid * mechanism.Grid;
            Assert.True(Squared(data, mechanism.Clip(Plan, new OwnerDayWindow(after, other))) <= 4 * bound);
            OwnerDayResidual[] absent = [.. own.Where(residual => residual.Owner != changed)];
            Assert.True(Squared(data, mechanism.Clip(Plan, new OwnerDayWindow(before, absent))) <= bound);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Replaced_owner_days_reach_twice_the_norm_bound_to_within_the_rounding()
    {
        var mechanism = new OwnerDayMechanism(Rho, activityShare: Rational.Zero);
        ClippedWindow Extreme(double value) => mechanism.Clip(Plan, new OwnerDayWindow(new Dictionary<int, long>(), [new(1, 0, value)]));
        Assert.Equal(4 * (Int128)mechanism.Grid * mechanism.Grid, Squared(Extreme(double.MaxValue), Extreme(double.MinValue)));
    }

    static Gen<OwnerDayResidual> Residuals { get; } =
        from owner in Gen.Choose(1, 3)
        from key in Gen.Choose(0, 7)
        from value in Doubles.Any
        select new OwnerDayResidual(owner, key, value);

    static Arbitrary<OwnerDayResidual[]> Windows { get; } = Residuals.ArrayOf(40).ToArbitrary();

    static Int128 Squared(ClippedWindow left, ClippedWindow right) =>
        left.Sums.Zip(right.Sums, (a, b) => (a - b) * (a - b)).Aggregate(Int128.Zero, (sum, square) => sum + square);
}
