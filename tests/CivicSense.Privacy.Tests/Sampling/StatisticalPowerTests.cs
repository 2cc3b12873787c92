namespace CivicSense.Privacy.Tests;

/// <summary>
/// Faults seeded into samplers. The statement of <see cref="GoodnessOfFit"/> that is named beside each must reject it, else its acceptance
/// of the real ones would mean nothing. The samples are always the same, so nothing here depends on chance.
/// </summary>
public sealed class StatisticalPowerTests
{
    static readonly ExactLaw LaplaceOfThree = ExactLaw.Laplace(3);
    static readonly ExactLaw GaussianOfFour = ExactLaw.Gaussian(4);

    public static TheoryData<string> Faults => new(Samplers.Keys);

    static Dictionary<string, (Statement RejectedBy, ExactLaw Law, Func<Random, double> Sampler)> Samplers { get; } =
        new(StringComparer.Ordinal)
    {
        ["minus zero is not rejected"] = (Statement.Frequencies, LaplaceOfThree, random => Sign(random) * Geometric(random, 3)),
        ["the scale is one too large"] = (Statement.Distribution, LaplaceOfThree, random => Laplace(random, 4)),
        ["the scale is two percent too small"] = (Statement.Moments, LaplaceOfThree, random => Laplace(random, 2.94)),
        ["magnitudes never exceed six scales"] = (
            Statement.Tails, ExactLaw.Laplace(new Rational(1, 2)), random => Math.Clamp(Laplace(random, 0.5), -3, 3)),
        ["one side is one percent more likely"] = (
            Statement.Signs, LaplaceOfThree, random => (random.NextDouble() < 0.02 ? 1 : Sign(random)) * Math.Abs(Laplace(random, 3))),
        ["every value is shifted by one"] = (Statement.Moments, ExactLaw.Laplace(10), random => Laplace(random, 10) + 1),
        ["odd values are lost"] = (Statement.Distribution, ExactLaw.Laplace(100), random => 2 * Math.Floor(Laplace(random, 100) / 2)),
        ["the Gaussian candidate is always accepted"] = (Statement.Frequencies, GaussianOfFour, random => Laplace(random, 3)),
        ["a continuous Gaussian is rounded"] = (Statement.Frequencies, GaussianOfFour, random => Math.Round(2 * Normal(random))),
        ["a continuous Gaussian is rounded toward zero"] = (
            Statement.Frequencies, ExactLaw.Gaussian(10_000), random => Math.Truncate(100 * Normal(random))),
        ["sigma is taken for sigma squared"] = (Statement.Moments, GaussianOfFour, random => Math.Round(4 * Normal(random))),
        ["a sum of three uniform numbers is taken for normal"] = (
            Statement.Tails, ExactLaw.Gaussian(10_000),
            random => Math.Round(200 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_sampler_is_rejected_by_the_statement_that_it_contradicts(string fault)
    {
        var (rejectedBy, law, sampler) = Samplers[fault];
        var random = new Random(1);
        var drawn = new Int128[200_000];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = (Int128)sampler(random);

        Assert.Contains(rejectedBy, GoodnessOfFit.Rejected(law, drawn));
    }

    [Fact]
    public void The_same_construction_without_a_fault_is_accepted()
    {
        var random = new Random(1);
        GoodnessOfFit.AssertFollows(LaplaceOfThree, [.. Enumerable.Range(0, 200_000).Select(_ => (Int128)Laplace(random, 3))]);
    }

    static double Laplace(Random random, double scale)
    {
        while (true)
        {
            var (sign, magnitude) = (Sign(random), Geometric(random, scale));
            if (sign > 0 || magnitude > 0)
                return sign * magnitude;
        }
    }

    static double Geometric(Random random, double scale) => Math.Floor(-scale * Math.Log(1 - random.NextDouble()));

    static int Sign(Random random) => (2 * random.Next(2)) - 1;

    static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
