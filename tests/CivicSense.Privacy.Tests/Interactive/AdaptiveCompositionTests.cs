namespace CivicSense.Privacy.Tests;

public sealed class AdaptiveCompositionTests
{
    static readonly Rational Half = new(1, 2);

    static AdaptiveComposition<IReadOnlyList<long>, Rational> Composition(params Rational[] budgets) =>
        AdaptiveComposition.For(Pieces.Rows, new MaxDivergence(), Rational.One, budgets, [1, 2, 3]);

    [Fact]
    public void Costs_all_its_budgets_from_the_start()
    {
        var composition = Composition(Half, Rational.One);
        Assert.Equal((new Rational(3, 2), 2), (composition.Loss, composition.Remaining));
        composition.Release(Pieces.SumAnswer(new Rational(1, 10)));
        Assert.Equal((new Rational(3, 2), 1), (composition.Loss, composition.Remaining));
    }

    [Fact]
    public void A_question_over_its_budget_is_refused_before_data_are_touched_and_can_be_asked_again_cheaper()
    {
        var touched = false;
        var composition = Composition(Half);
        Assert.Throws<PrivacyBudgetException>(() => composition.Release(Pieces.SumAnswer(new Rational(51, 100), () => touched = true)));
        Assert.False(touched);
        Assert.Equal(6, composition.Release(Pieces.SumAnswer(Half)));
    }

    [Fact]
    public void No_more_answers_than_budgets()
    {
        var composition = Composition(Half);
        composition.Release(Pieces.SumAnswer(Rational.Zero));
        Assert.Throws<PrivacyBudgetException>(() => composition.Release(Pieces.SumAnswer(Rational.Zero)));
    }

    [Fact]
    public void A_question_that_does_not_fit_uses_no_budget()
    {
        var composition = Composition(Half);
        Assert.Throws<ArgumentException>(() => composition.Release(Pieces.SumAnswer(Rational.One).PureToZeroConcentrated()));
        Assert.Equal(1, composition.Remaining);
    }

    [Fact]
    public void An_answer_that_fails_uses_its_budget()
    {
        var composition = Composition(Half, Half);
        Assert.Throws<InvalidDataException>(() => composition.Release(Pieces.SumAnswer(Half, () => throw new InvalidDataException())));
        Assert.Equal(1, composition.Remaining);
    }

    [Fact]
    public void Spaces_are_compared_before_the_map_is_asked()
    {
        var composition = Composition(Half);
        var elsewhere = new Measurement<IReadOnlyList<long>, Int128, Rational>(
            new Space<IReadOnlyList<long>>(Domains.Integers(), new SymmetricDistance()),
            new MaxDivergence(),
            _ => 0,
            _ => throw new OverflowException());
        var refusal = Assert.Throws<ArgumentException>(() => composition.Release(elsewhere));
        Assert.Contains("domains do not match", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, composition.Remaining);
    }

    [Fact]
    public void While_one_question_is_answered_others_are()
    {
        var composition = Composition(Half, Half);
        var slow = Pieces.SumAnswer(Half).Then(sum => Elsewhere.Run(() => composition.Release(Pieces.SumAnswer(Half))) + sum);
        Assert.Equal(12, composition.Release(slow));
        Assert.Equal(0, composition.Remaining);
    }

    [Fact]
    public void A_budget_that_is_no_loss_is_refused() =>
        Assert.Equal("budgets", Assert.Throws<ArgumentOutOfRangeException>(() => Composition(new Rational(-1, 1))).ParamName);
}
