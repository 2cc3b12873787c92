namespace CivicSense.Privacy.Tests;

public sealed class DiscreteLaplaceMechanismTests : MechanismTests
{
    [Fact]
    public void Its_loss_is_pure_and_its_distance_L1()
    {
        var (scalar, vector) = (Scalar(new AtomDomain<Int128>(), 2), Vector(new VectorDomain<Int128>(new AtomDomain<Int128>()), 2));
        Assert.Equal(new MaxDivergence(), scalar.Measure);
        Assert.Equal(new MaxDivergence(), vector.Measure);
        Assert.Equal(new AbsoluteDistance(), scalar.Input.Metric);
        Assert.Equal(new L1Distance(), vector.Input.Metric);
    }

    private protected override string ParameterName => "scale";

    private protected override Rational Loss(Rational distance, Rational parameter) => distance / parameter;

    private protected override ExactLaw Law(Rational parameter) => ExactLaw.Laplace(parameter);

    private protected override Func<Int128> Sampler(Rational parameter, IRandomBytes source) =>
        new DiscreteLaplace(parameter, source).Sample;

    private protected override Measurement<Int128, Int128, Rational> Scalar(
        AtomDomain<Int128> domain, Rational parameter, IRandomBytes? source = null) =>
        source is null ? DiscreteLaplaceMechanism.Scalar(domain, parameter) : DiscreteLaplaceMechanism.Scalar(domain, parameter, source);

    private protected override Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational parameter, IRandomBytes? source = null) =>
        source is null ? DiscreteLaplaceMechanism.Vector(domain, parameter) : DiscreteLaplaceMechanism.Vector(domain, parameter, source);
}
