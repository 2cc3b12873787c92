namespace CivicSense.Privacy.Tests;

public sealed class NoiseOnSpansTests
{
    static readonly Int128[] Values = [0, 5, -7, 1_000_000, Int128.MaxValue / 2, Int128.MinValue / 2];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_element_gets_the_noise_that_it_would_get_by_itself(bool useFastPath)
    {
        DiscreteGaussian Gaussian() => new(1000, new ScriptedBytes(1), useFastPath);
        DiscreteLaplace Laplace() => new(30, new ScriptedBytes(1), useFastPath);
        var (gaussian, laplace) = (Values.ToArray(), Values.ToArray());
        Gaussian().AddTo(gaussian);
        Laplace().AddTo(laplace);
        Assert.Equal(Array.ConvertAll(Values, Gaussian().AddTo), gaussian);
        Assert.Equal(Array.ConvertAll(Values, Laplace().AddTo), laplace);
        Assert.True(gaussian.Zip(Values, (noisy, value) => noisy - value).Distinct().Count() > 3);
    }

    [Fact]
    public void At_the_ends_of_the_range_the_answer_stays_there()
    {
        var values = Enumerable.Repeat(Int128.MaxValue, 100).Concat(Enumerable.Repeat(Int128.MinValue, 100)).ToArray();
        new DiscreteGaussian(1000).AddTo(values);
        Assert.Contains(Int128.MaxValue, values);
        Assert.Contains(Int128.MinValue, values);
        Assert.DoesNotContain(values[..100], value => value < Int128.MaxValue / 2);
        Assert.DoesNotContain(values[100..], value => value > Int128.MinValue / 2);
    }

    [Fact]
    public void The_data_of_a_release_are_left_as_they_were()
    {
        Int128[] data = [1, 2, 3];
        var domain = new VectorDomain<Int128>(new AtomDomain<Int128>());
        DiscreteGaussianMechanism.Vector(domain, 1_000_000).Release(1, data);
        DiscreteLaplaceMechanism.Vector(domain, 1_000_000).Release(1, data);
        Assert.Equal((Int128[])[1, 2, 3], data);
    }
}
