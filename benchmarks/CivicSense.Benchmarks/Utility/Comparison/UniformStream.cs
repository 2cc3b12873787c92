namespace CivicSense.Benchmarks.Utility;

/// <summary>Uniform: every time step gets the same share, epsilon / w.</summary>
sealed class UniformStream(BoundedNoise noise) : IEventStream
{
    /// <inheritdoc/>
    public int Spent { get; private set; }

    /// <inheritdoc/>
    public long Publish(long exact)
    {
        Spent = 2;
        return exact + noise.Draw(Spent);
    }
}
