using BenchmarkDotNet.Attributes;
using CivicSense.Privacy;

namespace CivicSense.Benchmarks;

/// <summary>The exact discrete Gaussian beside the unsafe floating-point way, which it must not be much slower than.</summary>
[MemoryDiagnoser]
public class NoiseBenchmark
{
    const int Draws = 10_000;

    readonly Int128[] exact = new Int128[Draws];
    readonly double[] unsafeDraws = new double[Draws];
    DiscreteGaussian gaussian = null!;
    Random generator = null!;

    /// <summary>The variance: 1, that of sigma = 1000, and the one that the node uses (grid 2^16, rho 0.028).</summary>
    [Params("1", "1000000", "node")]
    public string Variance { get; set; } = "node";

    [GlobalSetup]
    public void Setup()
    {
        gaussian = Variance == "node"
            ? new DiscreteGaussian(new OwnerDayMechanism(Rational.FromDecimal(0.028m)).NoiseVariance)
            : new DiscreteGaussian(Rational.FromInteger(long.Parse(Variance, System.Globalization.CultureInfo.InvariantCulture)));
        generator = new Random(1);
    }

    [Benchmark(OperationsPerInvoke = Draws)]
    public Int128 Exact_discrete_Gaussian()
    {
        gaussian.Sample(exact);
        return exact[0];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Draws)]
    public double Unsafe_Box_Muller()
    {
        for (var i = 0; i < unsafeDraws.Length; i++)
            unsafeDraws[i] = Math.Sqrt(-2 * Math.Log(1 - generator.NextDouble())) * Math.Cos(2 * Math.PI * generator.NextDouble());
        return unsafeDraws[0];
    }
}
