namespace CivicSense.Privacy.Tests;

/// <summary>Small transformations and measurements for the tests of the contract itself, which say when data are touched.</summary>
static class Pieces
{
    public static Space<IReadOnlyList<long>> Rows { get; } = new(Domains.Bounded(0, 10), new SymmetricDistance());

    public static Space<Int128> Number { get; } = new(new AtomDomain<Int128>(), new AbsoluteDistance());

    /// <summary>The sum of rows from 0 to 10.</summary>
    public static Transformation<IReadOnlyList<long>, Int128> Sum(Action? touched = null) => new(
        Rows,
        Number,
        rows =>
        {
            touched?.Invoke();
            return rows.Sum();
        },
        rows => rows * Rational.FromInteger(10));

    /// <summary>A measurement of a number that answers the number itself: no privacy, but a map as if it had some.</summary>
    public static Measurement<Int128, Int128, Rational> Answer(
        Measure<Rational> measure, Rational lossPerUnit, Action? touched = null) => new(
        Number,
        measure,
        number =>
        {
            touched?.Invoke();
            return number;
        },
        distance => distance * lossPerUnit);

    /// <summary>The same on rows.</summary>
    public static Measurement<IReadOnlyList<long>, Int128, Rational> SumAnswer(Rational lossPerRow, Action? touched = null) =>
        Sum().Then(Answer(new MaxDivergence(), lossPerRow / Rational.FromInteger(10), touched));
}
