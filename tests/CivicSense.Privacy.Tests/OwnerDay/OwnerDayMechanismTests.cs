using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class OwnerDayMechanismTests
{
    static readonly Rational Rho = Rational.FromDecimal(0.028m);

    static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void Derived_numbers_are_exact()
    {
        var mechanism = new OwnerDayMechanism(Rho);
        Assert.Equal(65_536, mechanism.Grid);
        Assert.Equal(new Rational(BigInteger.Pow(2, 32) * 1000, 56), mechanism.NoiseVariance);
        Assert.Equal(14_654, mechanism.ActivityWeight); // floor(sqrt(0.05) 65536) = floor(14654.29)
        Assert.Equal((1L << 32) - (2 * 14_654L * 14_654L), mechanism.BudgetAtMidnight(2).Remaining);
        Assert.Equal(1L << 32, mechanism.BudgetAtMidnight(0).Remaining);

        // sigma for epsilon 1 at delta 1e-6 is 4.225 (Balle and Wang 2018); rho = 0.028 is that, rounded.
        Assert.Equal(4.2258, mechanism.Sigma, 4);
    }

    [Fact]
    public void Any_sequence_of_clips_stays_within_the_norm_bound() =>
        Prop.ForAll(Sequences, sequence =>
        {
            var mechanism = new OwnerDayMechanism(Rho, sequence.GridBits);
            var budget = mechanism.BudgetAtMidnight(sequence.Areas);
            var spent = (BigInteger)sequence.Areas * mechanism.ActivityWeight * mechanism.ActivityWeight;
            foreach (var (residual, cap) in sequence.Calls)
            {
                var before = budget.Remaining;
                var value = mechanism.Clip(residual, cap, ref budget);
                spent += (BigInteger)value * value;
                Assert.Equal(before - (value * value), budget.Remaining);
                Assert.True(budget.Remaining >= 0);
                Assert.True(Math.Abs(value) <= cap * mechanism.Grid);
            }

            Assert.True(spent <= (BigInteger)mechanism.Grid * mechanism.Grid);
            Assert.Equal((BigInteger)mechanism.Grid * mechanism.Grid, spent + budget.Remaining);
        }).Check(Thorough);

    [Fact]
    public void Clip_is_odd() => Prop.ForAll(Doubles.All, Caps, Budgets, (residual, cap, remaining) =>
    {
        var mechanism = new OwnerDayMechanism(Rho);
        OwnerDayBudget left = new(remaining), right = new(remaining);
        Assert.Equal(mechanism.Clip(residual, cap, ref left), -mechanism.Clip(-residual, cap, ref right));
        Assert.Equal(left, right);
    }).Check(Thorough);

    [Fact]
    public void Clip_is_monotone() => Prop.ForAll(Pairs, Caps, Budgets, (pair, cap, remaining) =>
    {
        var mechanism = new OwnerDayMechanism(Rho);
        OwnerDayBudget low = new(remaining), high = new(remaining);
        var (smaller, larger) = (Math.Min(pair.First, pair.Second), Math.Max(pair.First, pair.Second));
        Assert.True(mechanism.Clip(smaller, cap, ref low) <= mechanism.Clip(larger, cap, ref high));
    }).Check(Thorough);

    [Fact]
    public void Clip_rounds_toward_zero_and_keeps_what_fits() => Prop.ForAll(Doubles.Finite, residual =>
    {
        var mechanism = new OwnerDayMechanism(Rho);
        var budget = mechanism.BudgetAtMidnight(0);
        var value = mechanism.Clip(residual, 1, ref budget);
        Assert.Equal((long)Math.Truncate(Math.Clamp(residual, -1, 1) * 65_536), value);
    }).Check(Thorough);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Values_that_are_no_numbers_contribute_nothing_and_charge_nothing(double residual)
    {
        var mechanism = new OwnerDayMechanism(Rho);
        var budget = mechanism.BudgetAtMidnight(1);
        Assert.Equal(0, mechanism.Clip(residual, 1, ref budget));
        Assert.Equal(mechanism.BudgetAtMidnight(1), budget);
    }

    [Fact]
    public void An_exhausted_budget_silences_the_owner()
    {
        var mechanism = new OwnerDayMechanism(Rho, activityShare: Rational.Zero);
        var budget = mechanism.BudgetAtMidnight(3);
        Assert.Equal(mechanism.Grid, mechanism.Clip(5, 7, ref budget));
        Assert.Equal(0, budget.Remaining);
        Assert.Equal(0, mechanism.Clip(5, 7, ref budget));
        Assert.Equal(0, mechanism.Clip(5, 7, ref budget));
    }

    [Fact]
    public void The_last_value_is_limited_to_the_root_of_what_remains()
    {
        var mechanism = new OwnerDayMechanism(Rho);
        var budget = new OwnerDayBudget(99);
        Assert.Equal(-9, mechanism.Clip(-0.5, 1, ref budget));
        Assert.Equal(18, budget.Remaining);
        Assert.Equal(4, mechanism.Clip(0.5, 1, ref budget));
        Assert.Equal(2, budget.Remaining);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.001)]
    public void A_cap_that_is_no_bound_is_refused_whatever_the_value(double cap)
    {
        var mechanism = new OwnerDayMechanism(Rho);
        foreach (var residual in new[] { 0.1, double.NaN, double.NegativeInfinity })
        {
            var budget = mechanism.BudgetAtMidnight(0);
            Assert.Equal("cap", Assert.Throws<ArgumentOutOfRangeException>(() => mechanism.Clip(residual, cap, ref budget)).ParamName);
            Assert.Equal(mechanism.BudgetAtMidnight(0), budget);
        }
    }

    [Fact]
    public void A_budget_of_another_grid_is_refused()
    {
        var coarse = new OwnerDayMechanism(Rho, gridBits: 8);
        var budget = new OwnerDayMechanism(Rho, gridBits: 16).BudgetAtMidnight(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => coarse.Clip(0.1, 1, ref budget));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(31)]
    public void Every_grid_size_bounds_the_norm(int gridBits)
    {
        var mechanism = new OwnerDayMechanism(Rho, gridBits, Rational.Zero);
        var budget = mechanism.BudgetAtMidnight(0);
        Assert.Equal(mechanism.Grid, mechanism.Clip(double.MaxValue, double.MaxValue, ref budget));
        Assert.Equal(0, budget.Remaining);
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_by_name()
    {
        Assert.Equal("rho", Refused(() => new OwnerDayMechanism(Rational.Zero)));
        Assert.Equal("rho", Refused(() => new OwnerDayMechanism(new Rational(-1, 2))));
        Assert.Equal("rho", Refused(() => new OwnerDayMechanism(new Rational(1, BigInteger.One << 140))));
        Assert.Equal("gridBits", Refused(() => new OwnerDayMechanism(Rho, 0)));
        Assert.Equal("gridBits", Refused(() => new OwnerDayMechanism(Rho, 32)));
        Assert.Equal("activityShare", Refused(() => new OwnerDayMechanism(Rho, 16, new Rational(-1, 100))));
        Assert.Equal("activityShare", Refused(() => new OwnerDayMechanism(Rho, 16, Rational.One)));
        Assert.Equal("releaseAreas", Refused(() => new OwnerDayMechanism(Rho).BudgetAtMidnight(-1)));
        Assert.Equal("releaseAreas", Refused(() => new OwnerDayMechanism(Rho).BudgetAtMidnight(21)));
        Assert.Equal("releaseAreas", Refused(() => new OwnerDayMechanism(Rho).BudgetAtMidnight(int.MaxValue)));

        // Exactly zero is left.
        Assert.Equal("releaseAreas", Refused(() => new OwnerDayMechanism(Rho, 1, new Rational(1, 4)).BudgetAtMidnight(4)));

        static string? Refused(Func<object> act) => Assert.Throws<ArgumentOutOfRangeException>(() => { act(); }).ParamName;
    }

    [Fact]
    public void Noise_is_the_discrete_Gaussian_of_the_stated_variance()
    {
        // The same bytes through the mechanism and through the sampler.
        var mechanism = new OwnerDayMechanism(Rho, 16, null, new ScriptedBytes(11));
        var noise = new DiscreteGaussian(mechanism.NoiseVariance, new ScriptedBytes(11));
        Int128[] sums = [.. Enumerable.Range(0, 200).Select(key => (Int128)(1_000_000 * key))];
        Assert.Equal(sums.Select(sum => sum + noise.Sample()).ToArray(), mechanism.Publish(sums));
    }

    static Gen<double> CapGenerator => Doubles.Caps;

    static Arbitrary<double> Caps { get; } = Arb.From(CapGenerator);

    static Arbitrary<long> Budgets { get; } = Arb.From(
        Gen.OneOf(
            Gen.Choose(0, 100).Select(small => (long)small),
            Gen.Choose(0, int.MaxValue).Select(half => 2L * half),
            Gen.Choose(0, 65_536).Select(root => (long)root * root)));

    static Arbitrary<(double First, double Second)> Pairs { get; } = Arb.From(
        from first in Doubles.Any.Where(double.IsFinite)
        from second in Gen.OneOf(Doubles.Any.Where(double.IsFinite), Gen.Constant(Math.Min(double.MaxValue, Math.BitIncrement(first))))
        select (first, second));

    static Arbitrary<(int GridBits, int Areas, (double Residual, double Cap)[] Calls)> Sequences { get; } = Arb.From(
        from gridBits in Gen.Choose(4, 31)
        from areas in Gen.Choose(0, 15)
        from calls in Gen.ArrayOf(
            from residual in Doubles.Any
            from cap in CapGenerator
            select (residual, cap))
        select (gridBits, areas, calls));
}
