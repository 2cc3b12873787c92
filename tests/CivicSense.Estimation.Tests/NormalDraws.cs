namespace CivicSense.Estimation.Tests;

static class NormalDraws
{
    extension(Random random)
    {
        /// <summary>A draw from the standard normal distribution (Box and Muller 1958).</summary>
        public double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
