using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>Lemma 1 of docs/privacy/owner-day.md for whole windows, and what one owner must not do to another.</summary>
public sealed class OwnerDayFilterTests
{
    static readonly OwnerDayMechanism Mechanism = new(Rational.FromDecimal(0.028m));
    static readonly Dictionary<int, int> Enrolment = new() { [1] = 1, [2] = 3, [3] = 1, [4] = 2 };
    static readonly OwnerDayDomain Plan = new([10, 0.8, 0.1, 0, 10, double.MaxValue], Enrolment);

    [Fact]
    public void All_windows_of_a_day_and_the_activity_stay_within_the_norm_bound_of_every_owner() => ForAllDays(windows =>
    {
        foreach (var (owner, areas) in Enrolment)
        {
            var budgets = new Dictionary<int, long>();
            Int128 squares = 0;
            foreach (var window in windows)
            {
                var clipped = Mechanism.Clip(Plan, new OwnerDayWindow(budgets, [.. window.Where(residual => residual.Owner == owner)]));
                squares += clipped.Sums.Aggregate(Int128.Zero, (sum, value) => sum + (value * value));
                Keep(budgets, clipped);
            }

            var activity = Mechanism.ActivitySums(6, Plan, Enumerable.Range(0, 6).Select(area => (owner, area)));
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
            var together = Clip(Window(window));
            var alone = Enrolment.Keys.Select(owner => Clip(Window([.. window.Where(residual => residual.Owner == owner)]))).ToArray();
            for (var key = 0; key < 6; key++)
                Assert.Equal(alone.Aggregate(Int128.Zero, (sum, own) => sum + own.Sums[key]), together.Sums[key]);

            Assert.Equal(alone.SelectMany(own => own.Remaining).OrderBy(left => left.Key), together.Remaining.OrderBy(left => left.Key));
        }
    });

    [Fact]
    public void The_order_of_the_residuals_does_not_matter() => ForAllDays(windows =>
    {
        foreach (var window in windows)
        {
            var expected = Clip(Window(window));
            var reversed = Clip(Window([.. window.Reverse()]));
            Assert.Equal(expected.Sums, reversed.Sums);
            Assert.Equal(expected.Remaining.OrderBy(left => left.Key), reversed.Remaining.OrderBy(left => left.Key));
        }
    });

    [Fact]
    public void What_was_spent_in_an_earlier_window_is_not_there_in_a_later_one()
    {
        var first = Clip(Window([new OwnerDayResidual(1, 0, 10)]));
        Assert.True(first.Sums[0] > 60_000);
        var second = Clip(new OwnerDayWindow(first.Remaining, [new OwnerDayResidual(1, 4, 10)]));
        Assert.InRange(second.Sums[4], 0, 400); // what the rounding of a root leaves
    }

    [Fact]
    public void An_owner_whom_the_plan_does_not_enrol_contributes_nothing()
    {
        var clipped = Clip(Window([new OwnerDayResidual(99, 0, 0.5)]));
        Assert.All(clipped.Sums, sum => Assert.Equal(0, sum));
        Assert.Empty(clipped.Remaining);
        Assert.All(Mechanism.ActivitySums(6, Plan, [(99, 0)]), sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void Activity_counts_an_owner_once_for_each_area_and_in_no_more_areas_than_are_reserved()
    {
        var sums = Mechanism.ActivitySums(3, Plan, [(1, 0), (1, 0), (4, 0), (4, 2), (4, 1), (1, 2)]);
        Assert.Equal([2 * Mechanism.ActivityWeight, Mechanism.ActivityWeight, 0], sums);
    }

    [Fact]
    public void Keys_and_areas_outside_the_plan_are_refused_without_naming_them()
    {
        var key = Assert.Throws<ArgumentException>(() => Clip(Window([new OwnerDayResidual(1, 4711, 0.5)])));
        Assert.DoesNotContain("4711", key.Message, StringComparison.Ordinal);
        var area = Assert.Throws<ArgumentOutOfRangeException>(() => Mechanism.ActivitySums(3, Plan, [(99, 4711)]));
        Assert.DoesNotContain("4711", area.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData((1L << 32) + 1)]
    [InlineData(long.MaxValue)]
    public void What_no_day_could_leave_counts_as_spent_and_no_exception_tells_who_has_contributed(long damaged)
    {
        var clipped = Clip(new OwnerDayWindow(new Dictionary<int, long> { [1] = damaged }, [new OwnerDayResidual(1, 0, 0.5)]));
        Assert.All(clipped.Sums, sum => Assert.Equal(0, sum));
        Assert.Equal(0, clipped.Remaining[1]);
    }

    [Fact]
    public void A_plan_that_leaves_nothing_for_measurements_is_refused_whether_or_not_its_owner_has_measured()
    {
        var plan = new OwnerDayDomain([1], new Dictionary<int, int> { [1] = 21, [2] = 1 });
        foreach (OwnerDayResidual[] residuals in (OwnerDayResidual[][])[[], [new(1, 0, 0.5)], [new(2, 0, 0.5)]])
        {
            var window = new OwnerDayWindow(new Dictionary<int, long>(), residuals);
            Assert.Equal("releaseAreas", Assert.Throws<ArgumentOutOfRangeException>(() => Mechanism.Clip(plan, window)).ParamName);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Mechanism.Window(plan, Adjacency.ZeroOut));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    public void Caps_that_bound_nothing_are_refused_with_the_plan(double cap) =>
        Assert.Equal("caps", Assert.Throws<ArgumentOutOfRangeException>(() => new OwnerDayDomain([1, cap], Enrolment)).ParamName);

    [Fact]
    public void Plans_with_the_same_caps_and_enrolment_are_the_same_domain()
    {
        Assert.Equal(Plan, new OwnerDayDomain(Plan.Caps, Enrolment));
        Assert.NotEqual(Plan, new OwnerDayDomain([1], Enrolment));
        Assert.NotEqual(Plan, new OwnerDayDomain(Plan.Caps, new Dictionary<int, int>(Enrolment) { [4] = 1 }));
    }

    [Fact]
    public void Private_values_do_not_stand_in_texts()
    {
        var texts = string.Join(' ', new OwnerDayResidual(4711, 4711, 4711.5), new OwnerDayBudget(4711), Window([new(4711, 0, 1)]));
        Assert.DoesNotContain("4711", texts, StringComparison.Ordinal);
    }

    static ClippedWindow Clip(OwnerDayWindow window) => Mechanism.Clip(Plan, window);

    static OwnerDayWindow Window(IReadOnlyList<OwnerDayResidual> residuals) => new(new Dictionary<int, long>(), residuals);

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
            select new OwnerDayResidual(owner, key, value);
        var window = residuals.ArrayOf().Select(all => all.DistinctBy(residual => (residual.Owner, residual.Key)).ToArray());
        Prop.ForAll(window.ArrayOf(5).ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }
}
