using System.Globalization;
using BenchmarkDotNet.Attributes;
using CivicSense.Privacy;

namespace CivicSense.Benchmarks;

/// <summary>Time of a draw: the exact samplers beside the unsafe floating-point way.</summary>
[MemoryDiagnoser]
public class NoiseBenchmark
{
    const int Draws = 10_000;

    readonly Int128[] exact = new Int128[Draws];
    readonly double[] unsafeDraws = new double[Draws];
    DiscreteGaussian gaussian = null!;
    DiscreteLaplace laplace = null!;
    BoundedLaplace bounded = null!;
    Random generator = null!;

    /// <summary>
    /// sigma of the Gaussian and scale of the Laplace noise; "node" is what the node uses: grid 2^16, rho 0.028, hence sigma^2 =
    /// 536870912000/7, and for Laplace the scale 276941.
    /// </summary>
    [Params("1", "10", "1000", "1000000", "node")]
    public string Sigma { get; set; } = "node";

    [GlobalSetup]
    public void Setup()
    {
        var variance = Sigma == "node"
            ? new OwnerDayMechanism(Rational.FromDecimal(0.028m)).NoiseVariance
            : Rational.FromInt64(long.Parse(Sigma, CultureInfo.InvariantCulture)) * long.Parse(Sigma, CultureInfo.InvariantCulture);
        Rational scale = (long)Math.Sqrt(variance.ToDouble());
        gaussian = new DiscreteGaussian(variance);
        laplace = new DiscreteLaplace(scale);
        bounded = new BoundedLaplace(scale, reach: 1 << 20, new RandomWords(OperatingSystemRandomBytes.Instance));
        generator = new Random(1);
    }

    [Benchmark(OperationsPerInvoke = Draws)]
    public Int128 Exact_discrete_Gaussian()
    {
        gaussian.Sample(exact);
        return exact[0];
    }

    [Benchmark(OperationsPerInvoke = Draws)]
    public Int128 Exact_discrete_Laplace()
    {
        laplace.Sample(exact);
        return exact[0];
    }

    [Benchmark(OperationsPerInvoke = Draws)]
    public long Bounded_geometric()
    {
        var sum = 0L;
        for (var i = 0; i < Draws; i++)
            sum += bounded.Draw();
        return sum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Draws)]
    public double Unsafe_Box_Muller()
    {
        for (var i = 0; i < unsafeDraws.Length; i++)
            unsafeDraws[i] = Math.Sqrt(-2 * Math.Log(1 - generator.NextDouble())) * Math.Cos(2 * Math.PI * generator.NextDouble());
        return unsafeDraws[0];
    }
}
