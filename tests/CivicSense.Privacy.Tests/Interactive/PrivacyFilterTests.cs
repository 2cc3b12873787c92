namespace CivicSense.Privacy.Tests;

public sealed class PrivacyFilterTests
{
    static readonly long[] Data = [1, 2, 3];

    static PrivacyFilter<IReadOnlyList<long>, Rational> Filter(Rational limit) =>
        PrivacyFilter.For(Pieces.Rows, new MaxDivergence(), Rational.One, limit, Data);

    [Fact]
    public void Answers_until_the_limit_is_reached_exactly()
    {
        var filter = Filter(Rational.One);
        for (var third = 1; third <= 3; third++)
        {
            Assert.Equal(6, filter.Release(Pieces.SumAnswer(new Rational(1, 3))));
            Assert.Equal(new Rational(third, 3), filter.Loss);
        }

        Assert.False(filter.IsClosed);
        Assert.Throws<PrivacyBudgetException>(() => filter.Release(Pieces.SumAnswer(new Rational(1, 1_000_000))));
    }

    [Fact]
    public void A_question_over_the_limit_is_refused_before_data_are_touched_and_everything_after_it_is_too()
    {
        var touched = false;
        var filter = Filter(Rational.One);
        Assert.Throws<PrivacyBudgetException>(() => filter.Release(Pieces.SumAnswer(new Rational(11, 10), () => touched = true)));
        Assert.True(filter.IsClosed);
        Assert.Throws<PrivacyBudgetException>(() => filter.Release(Pieces.SumAnswer(Rational.Zero, () => touched = true)));
        Assert.False(touched);
        Assert.Equal(Rational.Zero, filter.Loss);
    }

    [Fact]
    public void A_question_that_does_not_fit_the_space_costs_nothing_and_closes_nothing()
    {
        var filter = Filter(Rational.One);
        Assert.Throws<ArgumentException>(() => filter.Release(Pieces.SumAnswer(Rational.One).PureToZeroConcentrated()));
        var elsewhere = new Measurement<IReadOnlyList<long>, Int128, Rational>(
            new Space<IReadOnlyList<long>>(Domains.Integers(), new SymmetricDistance()), new MaxDivergence(), _ => 0, d => d);
        Assert.Throws<ArgumentException>(() => filter.Release(elsewhere));
        Assert.False(filter.IsClosed);
        Assert.Equal(6, filter.Release(Pieces.SumAnswer(Rational.One)));
    }

    [Fact]
    public void An_answer_that_fails_stays_charged()
    {
        var filter = Filter(Rational.One);
        var failing = Pieces.SumAnswer(new Rational(3, 4), () => throw new InvalidDataException());
        Assert.Throws<InvalidDataException>(() => filter.Release(failing));
        Assert.Equal(new Rational(3, 4), filter.Loss);
        Assert.Throws<PrivacyBudgetException>(() => filter.Release(Pieces.SumAnswer(new Rational(1, 2))));
    }

    [Fact]
    public void Approximate_budgets_run_out_in_delta_as_well()
    {
        var measure = new Approximate<Rational>(new MaxDivergence());
        var filter = new PrivacyFilter<IReadOnlyList<long>, ApproximateLoss<Rational>>(
            Pieces.Rows, measure, Rational.One, new(Rational.FromInteger(100), new Rational(1, 10)), Data);
        var question = new Measurement<IReadOnlyList<long>, Int128, ApproximateLoss<Rational>>(
            Pieces.Rows, measure, _ => 0, _ => new(Rational.One, new Rational(6, 100)));
        filter.Release(question);
        Assert.Throws<PrivacyBudgetException>(() => filter.Release(question));
    }

    [Fact]
    public void Limits_and_data_are_checked_at_construction()
    {
        Assert.Equal("limit", Assert.Throws<ArgumentOutOfRangeException>(() => Filter(new Rational(-1, 1))).ParamName);
        Assert.Equal("inputDistance", Assert.Throws<ArgumentOutOfRangeException>(
            () => new Odometer<IReadOnlyList<long>, Rational>(Pieces.Rows, new MaxDivergence(), new Rational(1, 2), Data)).ParamName);
        Assert.Equal("data", Assert.Throws<ArgumentException>(
            () => new Odometer<IReadOnlyList<long>, Rational>(Pieces.Rows, new MaxDivergence(), Rational.One, [11])).ParamName);
    }

    [Fact]
    public void A_limit_of_other_orders_than_the_measurements_have_is_refused_at_once()
    {
        var elsewhere = new RenyiCurve([2, 4], [1, 2]);
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(
            () => PrivacyFilter.For(Pieces.Rows, new RenyiDivergence(), Rational.One, elsewhere, Data));
        Assert.Equal("limit", refusal.ParamName);
        var filter = PrivacyFilter.For(Pieces.Rows, new RenyiDivergence(), Rational.One, RenyiCurve.OfPure(1), Data);
        Assert.Equal(6, filter.Release(Pieces.SumAnswer(Rational.One).PureToRenyi()));
    }

    [Fact]
    public void While_one_question_is_answered_others_are()
    {
        var filter = Filter(Rational.One);
        var slow = Pieces.SumAnswer(new Rational(1, 4)).Then(sum =>
        {
            Assert.Equal(6, Elsewhere.Run(() => filter.Release(Pieces.SumAnswer(new Rational(1, 2)))));
            Assert.Equal(new Rational(3, 4), Elsewhere.Run(() => filter.Loss));
            return sum;
        });
        Assert.Equal(6, filter.Release(slow));
    }

    [Fact]
    public void Concurrent_questions_never_exceed_the_limit_together()
    {
        var filter = Filter(Rational.One);
        var answered = 0;
        Parallel.For(0, 200, _ =>
        {
            try
            {
                filter.Release(Pieces.SumAnswer(new Rational(1, 64)));
                Interlocked.Increment(ref answered);
            }
            catch (PrivacyBudgetException)
            {
            }
        });
        Assert.Equal(64, answered);
        Assert.Equal(Rational.One, filter.Loss);
    }
}
