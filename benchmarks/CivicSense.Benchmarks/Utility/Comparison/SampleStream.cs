namespace CivicSense.Benchmarks.Utility;

/// <summary>Sample: the first of every w time steps gets the whole epsilon, the others repeat what it published.</summary>
sealed class SampleStream(BoundedNoise noise) : IEventStream
{
    long steps;
    long last;

    /// <inheritdoc/>
    public int Spent { get; private set; }

    /// <inheritdoc/>
    public long Publish(long exact)
    {
        Spent = 0;
        if (steps++ % noise.Window == 0)
        {
            Spent = 2 * noise.Window;
            last = exact + noise.Draw(Spent);
        }
        return last;
    }
}
