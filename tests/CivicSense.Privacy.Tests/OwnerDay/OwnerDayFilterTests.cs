using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>Lemma 1 of docs/privacy/owner-day.md for whole windows, and what one owner must not do to another.</summary>
public sealed class OwnerDayFilterTests
{
    static readonly OwnerDayMechanism Mechanism = new(Rational.FromDecimal(0.028m));
    static readonly Dictionary<int, int> Enrolment = new() { [1] = 1, [2] = 3, [3] = 1, [4] = 2 };

    [Fact]
    public void All_windows_of_a_day_and_the_activity_stay_within_the_norm_bound_of_every_owner() => ForAllDays(windows =>
    {
        foreach (var (owner, areas) in Enrolment)
        {
            var budgets = new Dictionary<int, long>();
            Int128 squares = 0;
            foreach (var window in windows)
            {
                var clipped = Mechanism.Clip(new OwnerDayWindow(6, Enrolment, budgets, [.. window.Where(residual => residual.Owner == owner)]));
                squares += clipped.Sums.Aggregate(Int128.Zero, (sum, value) => sum + (value * value));
                Keep(budgets, clipped);
            }

            var activity = Mechanism.ActivitySums(6, Enrolment, Enumerable.Range(0, 6).Select(area => (owner, area)));
            Assert.Equal(areas, activity.Count(sum => sum != 0));
            squares += activity.Aggregate(Int128.Zero, (sum, value) => sum + (value * value));
            Assert.True(squares <= (Int128)Mechanism.Grid * Mechanism.Grid, $"owner {owner}: {squares}");
        }
    });

    [Fact]
    public void The_sums_are_those_of_every_owner_alone_added_up() => ForAllDays(windows =>
    {
        foreach (var window in windows)
        {
            var together = Mechanism.Clip(Window(window));
            var alone = Enrolment.Keys.Select(owner => Mechanism.Clip(Window([.. window.Where(residual => residual.Owner == owner)]))).ToArray();
            for (var key = 0; key < 6; key++)
            {
                Assert.Equal(alone.Aggregate(Int128.Zero, (sum, own) => sum + own.Sums[key]), together.Sums[key]);
            }

            Assert.Equal(alone.SelectMany(own => own.Remaining).OrderBy(left => left.Key), together.Remaining.OrderBy(left => left.Key));
        }
    });

    [Fact]
    public void The_order_of_the_residuals_does_not_matter() => ForAllDays(windows =>
    {
        foreach (var window in windows)
        {
            var expected = Mechanism.Clip(Window(window));
            var reversed = Mechanism.Clip(Window([.. window.Reverse()]));
            Assert.Equal(expected.Sums, reversed.Sums);
            Assert.Equal(expected.Remaining.OrderBy(left => left.Key), reversed.Remaining.OrderBy(left => left.Key));
        }
    });

    [Fact]
    public void What_was_spent_in_an_earlier_window_is_not_there_in_a_later_one()
    {
        var first = Mechanism.Clip(Window([new OwnerDayResidual(1, 0, 10, 10)]));
        Assert.True(first.Sums[0] > 60_000);
        var second = Mechanism.Clip(new OwnerDayWindow(6, Enrolment, first.Remaining, [new OwnerDayResidual(1, 1, 10, 10)]));
        Assert.InRange(second.Sums[1], 0, 400); // what the rounding of a root leaves
    }

    [Fact]
    public void An_owner_whom_the_plan_does_not_enrol_contributes_nothing()
    {
        var clipped = Mechanism.Clip(Window([new OwnerDayResidual(99, 0, 0.5, 1)]));
        Assert.All(clipped.Sums, sum => Assert.Equal(0, sum));
        Assert.Empty(clipped.Remaining);
        Assert.All(Mechanism.ActivitySums(6, Enrolment, [(99, 0)]), sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void Activity_counts_an_owner_once_for_each_area_and_in_no_more_areas_than_are_reserved()
    {
        var sums = Mechanism.ActivitySums(3, Enrolment, [(1, 0), (1, 0), (4, 0), (4, 2), (4, 1), (1, 2)]);
        Assert.Equal([2 * Mechanism.ActivityWeight, Mechanism.ActivityWeight, 0], sums);
    }

    [Fact]
    public void Keys_and_areas_outside_the_plan_are_refused_without_naming_them()
    {
        var key = Assert.Throws<ArgumentOutOfRangeException>(() => Window([new OwnerDayResidual(1, 4711, 0.5, 1)]));
        Assert.DoesNotContain("4711", key.Message, StringComparison.Ordinal);
        var area = Assert.Throws<ArgumentOutOfRangeException>(() => Mechanism.ActivitySums(3, Enrolment, [(1, 4711)]));
        Assert.DoesNotContain("4711", area.Message, StringComparison.Ordinal);
    }

    static OwnerDayWindow Window(IReadOnlyList<OwnerDayResidual> residuals) => new(6, Enrolment, new Dictionary<int, long>(), residuals);

    static void Keep(Dictionary<int, long> budgets, ClippedWindow clipped)
    {
        foreach (var (owner, left) in clipped.Remaining)
        {
            budgets[owner] = left;
        }
    }

    static void ForAllDays(Action<OwnerDayResidual[][]> check)
    {
        var residuals =
            from owner in Gen.Choose(1, 5)
            from key in Gen.Choose(0, 5)
            from value in Doubles.Any
            from cap in Doubles.Caps
            select new OwnerDayResidual(owner, key, value, cap);
        var window = residuals.ArrayOf().Select(all => all.DistinctBy(residual => (residual.Owner, residual.Key)).ToArray());
        Prop.ForAll(window.ArrayOf(5).ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}
