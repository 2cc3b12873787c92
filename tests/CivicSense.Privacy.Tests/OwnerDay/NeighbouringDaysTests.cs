using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>
/// The theorem of docs/privacy/owner-day.md as a record-and-replay test: a day is released on data D, and again on D' with every output
/// frozen to the recorded one. The difference of the two vectors of exact sums is what the noise has to hide.
/// </summary>
public sealed class NeighbouringDaysTests
{
    const int Hours = 25;
    const int Areas = 3;

    static readonly OwnerDayMechanism Mechanism = new(Rational.FromDecimal(0.028m));

    [Fact]
    public void Removing_an_owner_moves_the_sums_by_at_most_the_norm_bound() => Check((day, absent, _) =>
        (day, day.Without(absent), (Int128)Mechanism.Grid * Mechanism.Grid));

    [Fact]
    public void Replacing_an_owner_moves_the_sums_by_at_most_twice_the_norm_bound() => Check((day, replaced, seed) =>
        (day, day.Replacing(replaced, seed), 4 * (Int128)Mechanism.Grid * Mechanism.Grid));

    [Fact]
    public void The_bound_is_reached_to_within_the_rounding() // otherwise the tests above would pass for a mechanism that releases nothing
    {
        var day = Day.Constant(double.MaxValue);
        var outputs = day.Release(recorded: null).Outputs;
        var distance = SquaredDistance(day.Release(outputs).Sums, day.Without(0).Release(outputs).Sums);
        Assert.InRange(distance, (Int128)(0.9999 * Mechanism.Grid * Mechanism.Grid), (Int128)Mechanism.Grid * Mechanism.Grid);
    }

    static void Check(Func<Day, int, int, (Day Data, Day Neighbour, Int128 Bound)> pair) =>
        Prop.ForAll<int, int>((seed, other) =>
        {
            var (data, neighbour, bound) = pair(Day.Generate(seed), (int)(unchecked((uint)other) % Day.Owners), other);
            var recorded = data.Release(recorded: null).Outputs;
            var distance = SquaredDistance(data.Release(recorded).Sums, neighbour.Release(recorded).Sums);
            Assert.True(distance <= bound, $"squared distance {distance}, bound {bound}, seeds {seed} and {other}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    static Int128 SquaredDistance(Int128[] left, Int128[] right) =>
        left.Zip(right, (a, b) => (a - b) * (a - b)).Aggregate(Int128.Zero, (sum, square) => sum + square);

    /// <summary>What every owner measured in every area and hour; null where nothing arrived.</summary>
    sealed class Day(double?[][] owners)
    {
        public const int Owners = 4;

        public static Day Constant(double value) =>
            new([.. Enumerable.Range(0, Owners).Select(_ => Enumerable.Repeat((double?)value, Hours * Areas).ToArray())]);

        public static Day Generate(int seed)
        {
            var values = Gen.OneOf(Doubles.Any.Select(x => (double?)x), Gen.Constant((double?)null))
                .Sample(Owners * Hours * Areas, new Rnd(unchecked((uint)seed)), 50);
            return new Day([.. values.Chunk(Hours * Areas)]);
        }

        public Day Without(int owner) => With(owner, new double?[Hours * Areas]);

        public Day Replacing(int owner, int seed) => With(owner, Generate(unchecked(seed * 31)).Of(owner));

        double?[] Of(int owner) => owners[owner];

        Day With(int owner, double?[] values) => new([.. owners.Select((own, index) => index == owner ? values : own)]);

        /// <summary>
        /// Runs the day: the baseline of each coordinate is a function of all outputs so far, which are drawn, or taken from the record.
        /// The last coordinates are the activity of each area.
        /// </summary>
        public (Int128[] Sums, Int128[] Outputs) Release(Int128[]? recorded)
        {
            var budgets = Enumerable.Repeat(Mechanism.BudgetAtMidnight(Areas), Owners).ToArray();
            Int128[] sums = new Int128[(Hours + 1) * Areas], outputs = new Int128[sums.Length];
            for (var key = 0; key < sums.Length; key++)
            {
                var baseline = outputs.Take(key).Aggregate(0d, (level, output) => (0.7 * level) + ((double)output / Mechanism.Grid / 10));
                for (var owner = 0; owner < Owners; owner++)
                {
                    sums[key] += key < Hours * Areas
                        ? Measured(owners[owner][key], baseline, ref budgets[owner])
                        : Activity(owner, key - (Hours * Areas));
                }

                outputs[key] = recorded is null ? Mechanism.Publish([sums[key]])[0] : recorded[key];
            }

            return (sums, outputs);
        }

        static long Measured(double? value, double baseline, ref OwnerDayBudget budget) =>
            value is { } x ? Mechanism.Clip(x - baseline, cap: 0.8, ref budget) : 0;

        long Activity(int owner, int area) =>
            Enumerable.Range(0, Hours).Any(hour => owners[owner][(hour * Areas) + area] is not null) ? Mechanism.ActivityWeight : 0;
    }
}
