namespace CivicSense.FirmwareSim.Field;

/// <summary>A stretch of time, in seconds since 1970: a pollution episode, somebody cooking, a device that falls silent.</summary>
/// <param name="Start">The first second.</param>
/// <param name="End">The first second after it.</param>
/// <param name="Strength">How strong it is; what that means is up to the user.</param>
readonly record struct Episode(long Start, long End, double Strength)
{
    /// <summary>Never.</summary>
    public static Episode None => default;

    /// <summary>Whether it covers the given second.</summary>
    public bool Covers(long time) => time >= Start && time < End;

    /// <summary>How far through it the given second is, 0 to 1; only if it covers it.</summary>
    public double Progress(long time) => (time - Start) / (double)(End - Start);

    /// <summary>
    /// Draws at most one episode that lies wholly inside [<paramref name="blockStart"/>, + <paramref name="blockLength"/>).
    /// </summary>
    /// <param name="noise">A stream of its own.</param>
    /// <param name="block">The number of the block; the same block always has the same episode.</param>
    /// <param name="blockStart">Seconds since 1970.</param>
    /// <param name="blockLength">Seconds.</param>
    /// <param name="probability">That there is one at all.</param>
    /// <param name="shortest">Seconds.</param>
    /// <param name="longest">Seconds, at most <paramref name="blockLength"/>.</param>
    public static Episode Draw(
        CounterNoise noise, long block, long blockStart, long blockLength, double probability, long shortest, long longest)
    {
        var draws = noise.Stream(block);
        if (draws.Uniform(0) >= probability) return None;
        var duration = shortest + (long)(draws.Uniform(1) * (longest - shortest));
        var start = blockStart + (long)(draws.Uniform(2) * (blockLength - duration));
        return new Episode(start, start + duration, draws.Uniform(3));
    }
}
