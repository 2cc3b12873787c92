namespace CivicSense.Privacy.Tests;

public sealed class DiscreteGaussianMechanismTests : MechanismTests
{
    [Fact]
    public void Its_loss_is_zero_concentrated_and_its_distance_L2()
    {
        var (scalar, vector) = (Scalar(new AtomDomain<Int128>(), 2), Vector(new VectorDomain<Int128>(new AtomDomain<Int128>()), 2));
        Assert.Equal(new ZeroConcentratedDivergence(), scalar.Measure);
        Assert.Equal(new ZeroConcentratedDivergence(), vector.Measure);
        Assert.Equal(new AbsoluteDistance(), scalar.Input.Metric);
        Assert.Equal(new L2Distance(), vector.Input.Metric);
    }

    private protected override string ParameterName => "sigmaSquared";

    private protected override Rational Loss(Rational distance, Rational parameter) => distance * distance / (2 * parameter);

    private protected override ExactLaw Law(Rational parameter) => ExactLaw.Gaussian(parameter);

    private protected override Func<Int128> Sampler(Rational parameter, IRandomBytes source) =>
        new DiscreteGaussian(parameter, source).Sample;

    private protected override Measurement<Int128, Int128, Rational> Scalar(
        AtomDomain<Int128> domain, Rational parameter, IRandomBytes? source = null) =>
        source is null ? DiscreteGaussianMechanism.Scalar(domain, parameter) : DiscreteGaussianMechanism.Scalar(domain, parameter, source);

    private protected override Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> Vector(
        VectorDomain<Int128> domain, Rational parameter, IRandomBytes? source = null) =>
        source is null ? DiscreteGaussianMechanism.Vector(domain, parameter) : DiscreteGaussianMechanism.Vector(domain, parameter, source);
}
