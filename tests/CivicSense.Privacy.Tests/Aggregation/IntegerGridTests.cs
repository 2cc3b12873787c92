using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class IntegerGridTests
{
    [Theory]
    [InlineData(0.9, 0, 0)]
    [InlineData(-0.9, 0, 0)]
    [InlineData(-1.5, 1, -3)]
    [InlineData(-1.75, 1, -3)]
    [InlineData(7.0, -1, 3)]
    [InlineData(1e300, 62, 1000)]
    [InlineData(-1e300, 62, -500)]
    [InlineData(double.MaxValue, 62, 1000)]
    [InlineData(double.Epsilon, 62, 0)]
    [InlineData(double.Epsilon, -62, 0)]
    [InlineData(-0.0, 0, 0)]
    public void Values_are_scaled_truncated_toward_zero_and_clamped(double value, int gridBits, long expected) =>
        Assert.Equal([expected], IntegerGrid.Round(Domains.Doubles(), Domains.Rows, gridBits, -500, 1000).Invoke([value]));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_becomes_the_public_constant(double value) =>
        Assert.Equal([4], IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 3, -8, 8, notFinite: 4).Invoke([value]));

    [Theory] // diffprivlib and others: NaN compares as false with every bound and so passes min and max
    [InlineData(0x7FF8_0000_0000_0001)]
    [InlineData(0x7FF0_0000_0000_0001)]
    [InlineData(-1L)]
    public void No_bit_pattern_of_NaN_passes_the_clamp(long bits) => Assert.Equal(
        [2], IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 0, 1, 3, notFinite: 2).Invoke([BitConverter.Int64BitsToDouble(bits)]));

    [Fact]
    public void The_result_is_that_of_exact_arithmetic_also_where_bounds_are_no_doubles() => Prop.ForAll(
        Doubles.All,
        ArbMap.Default.ArbFor<int>(),
        (value, bits) =>
        {
            var gridBits = (int)(unchecked((uint)bits) % 125) - 62;
            const long Lower = long.MinValue + 1, Upper = long.MaxValue - 1;
            var result = IntegerGrid.Round(Domains.Doubles(), Domains.Rows, gridBits, Lower, Upper, notFinite: 9).Invoke([value])[0];
            Assert.Equal(double.IsFinite(value) ? Exact(value, gridBits) : 9, result);

            static long Exact(double value, int gridBits)
            {
                var scaled = Rational.FromDouble(value)
                    * (gridBits >= 0 ? BigIntegerPower(gridBits) : Rational.One / BigIntegerPower(-gridBits));
                return (long)BigInteger.Clamp(scaled.Numerator / scaled.Denominator, Lower, Upper);
            }

            static Rational BigIntegerPower(int bits) => Rational.FromInteger(BigInteger.One << bits);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Data_that_are_d_rows_apart_stay_within_d_rows_and_bounded() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        var pair = neighbours.Added(() => AnyDouble(neighbours));
        var round = IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 4, lower, upper, notFinite: lower);
        var (data, other) = (round.Invoke(pair.Data), round.Invoke(pair.Other));
        Assert.True(round.Output.Domain.Contains(data));
        Assert.True(Neighbours.SymmetricDistance(data, other) <= round.Map(pair.Distance));
    });

    [Fact]
    public void Owners_keep_their_rows_rounded_and_bounded() => Assert.Equal(
        [new(7, 3), new(2, 4), new(7, -8), new(9, 1)],
        IntegerGrid.Round(Domains.OwnedDoubles, Domains.OwnersPresent, 1, -8, 4, notFinite: 1)
            .Invoke([new(7, 1.9), new(2, 1e300), new(7, -1e300), new(9, double.NaN)]));

    [Fact]
    public void Data_that_are_d_owners_apart_stay_within_d_owners() => Neighbours.Check(neighbours =>
    {
        var (lower, upper) = neighbours.Bounds();
        AssertWithin(neighbours.OwnersAdded(() => AnyDouble(neighbours)), Domains.OwnersPresent);
        AssertWithin(neighbours.OwnersReplaced(() => AnyDouble(neighbours)), Domains.OwnersReplaced);

        void AssertWithin(Pair<Owned<double>> pair, OwnerMetric metric)
        {
            var round = IntegerGrid.Round(Domains.OwnedDoubles, metric, 4, lower, upper, notFinite: lower);
            var (data, other) = (round.Invoke(pair.Data), round.Invoke(pair.Other));
            Assert.True(round.Output.Domain.Contains(data));
            var owners = data.Concat(other).Select(row => row.Owner).Distinct();
            var differing = owners.Count(owner => Neighbours.SymmetricDistance(Of(data, owner), Of(other, owner)) > 0);
            Assert.True(differing <= round.Map(pair.Distance));
        }

        static long[] Of(IReadOnlyList<Owned<long>> rows, int owner) => [.. rows.Where(row => row.Owner == owner).Select(row => row.Value)];
    });

    static double AnyDouble(Neighbours neighbours) => neighbours.Random.Next(4) == 0
        ? double.NaN
        : BitConverter.Int64BitsToDouble(neighbours.Random.NextInt64(long.MinValue, long.MaxValue));

    [Fact]
    public void The_sum_of_the_doubles_of_owners_can_be_written_without_a_bound_or_a_domain_twice()
    {
        var total = IntegerGrid.Round(Domains.OwnedDoubles, Domains.OwnersPresent, gridBits: 4, lower: -1_000_000, upper: 1_000_000)
            .Then((rows, owners) => OwnerSum.Of(rows, owners, lower: 0, upper: 160))
            .Then((sums, rows) => ClampedSum.Of(sums, rows))
            .Then(number => DiscreteLaplaceMechanism.Scalar(number, scale: 320));
        Assert.Equal(new Rational(1, 2), total.Map(1));
        Owned<double>[] data = [new(1, 2.5), new(1, 1e300), new(2, double.NaN), new(3, 1.0 / 16)];

        // Noise of scale 320 is beyond 32,000 with probability below exp(-99).
        Assert.InRange(total.Release(1, data).Value, -32_000, 32_161);
    }

    [Fact]
    public void A_sum_behind_the_grid_hides_a_row_that_is_not_finite()
    {
        var sum = IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 0, -3, 10).Then(ClampedSum.Of(Domains.Bounded(-3, 10), Domains.Rows));
        foreach (var poison in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, -1e308 })
            Assert.True(Int128.Abs(sum.Invoke([1, 2, poison]) - sum.Invoke([1, 2])) <= (Int128)sum.Map(1).Numerator);
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Domains.AssertRefused("lower", () => IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 0, 3, 2));
        Domains.AssertRefused("gridBits", () => IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 63, 0, 1));
        Domains.AssertRefused("gridBits", () => IntegerGrid.Round(Domains.Doubles(), Domains.Rows, -63, 0, 1));
        Domains.AssertRefused("notFinite", () => IntegerGrid.Round(Domains.Doubles(), Domains.Rows, 0, 1, 2)); // the default, 0, is outside
        Domains.AssertRefused("metric", () => IntegerGrid.Round(Domains.Doubles(), Domains.Replacements, 0, 0, 1)); // the size is private
        Domains.AssertRefused("lower", () => IntegerGrid.Round(Domains.OwnedDoubles, Domains.OwnersPresent, 0, 3, 2));
        Domains.AssertRefused("gridBits", () => IntegerGrid.Round(Domains.OwnedDoubles, Domains.OwnersPresent, 63, 0, 1));
        Domains.AssertRefused("notFinite", () => IntegerGrid.Round(Domains.OwnedDoubles, Domains.OwnersPresent, 0, 1, 2));
        Domains.AssertRefused("metric", () => IntegerGrid.Round(Domains.Any<Owned<double>>(), Domains.OwnersPresent, 0, 0, 1));
    }
}
