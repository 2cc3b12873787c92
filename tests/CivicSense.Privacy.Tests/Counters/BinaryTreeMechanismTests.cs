namespace CivicSense.Privacy.Tests;

public sealed class BinaryTreeMechanismTests
{
    static readonly VectorDomain<long> HundredSteps = new(new AtomDomain<long>(), 100);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gives_the_answers_of_the_counter_on_the_same_bytes(bool laplace)
    {
        var counts = Enumerable.Range(0, 100).Select(step => (long)(step * step % 17)).ToArray();
        var mechanism = laplace
            ? BinaryTreeMechanism.Laplace(HundredSteps, 3, new ScriptedBytes(4))
            : BinaryTreeMechanism.Gaussian(HundredSteps, 9, new ScriptedBytes(4));
        var counter = laplace
            ? BinaryTreeCounter.Laplace(100, 3, new ScriptedBytes(4))
            : BinaryTreeCounter.Gaussian(100, 9, new ScriptedBytes(4));
        var released = mechanism.Release(2, counts);
        Assert.Equal(counts.Select(counter.Add), released.Value);
        Assert.Equal(counter.Map(2), released.Loss);
        Assert.Equal(counter.Measure, mechanism.Measure);
        Assert.Equal(new L1Distance(), mechanism.Input.Metric);
    }

    [Fact]
    public void Two_releases_have_noise_of_their_own()
    {
        var mechanism = BinaryTreeMechanism.Laplace(HundredSteps, 1L << 40);
        Assert.NotEqual(mechanism.Release(1, new long[100]).Value, mechanism.Release(1, new long[100]).Value);
    }

    [Fact]
    public void A_first_answer_has_the_stated_law()
    {
        // At least 200,000 samples; the statements of GoodnessOfFit, false alarm 1e-6 each.
        var mechanism = BinaryTreeMechanism.Laplace(new VectorDomain<long>(new AtomDomain<long>(), 2), 3);
        var drawn = Enumerable.Range(0, GoodnessOfFit.Samples / 2).SelectMany(_ => mechanism.Release(1, [0, 0]).Value);
        GoodnessOfFit.AssertFollows(ExactLaw.Laplace(3), drawn); // at steps 1 and 2 an answer is one interval
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_by_name()
    {
        var integers = new AtomDomain<long>();
        Assert.Equal("domain", Refused(() => BinaryTreeMechanism.Laplace(new VectorDomain<long>(integers), 1)));
        Assert.Equal("domain", Refused(() => BinaryTreeMechanism.Gaussian(new VectorDomain<long>(integers, 0), 1)));
        Assert.Equal("scale", Refused(() => BinaryTreeMechanism.Laplace(HundredSteps, 0)));
        Assert.Equal("sigmaSquared", Refused(() => BinaryTreeMechanism.Gaussian(HundredSteps, 0)));
        Assert.Throws<ArgumentException>(() => BinaryTreeMechanism.Laplace(HundredSteps, 1).Release(1, new long[99]));

        static string? Refused(Func<object> act) => Assert.ThrowsAny<ArgumentException>(() => { act(); }).ParamName;
    }
}
