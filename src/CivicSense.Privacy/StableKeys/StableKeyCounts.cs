using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Counts of keys that are not known beforehand: every key that occurs gets a noisy count, and only those that reach a threshold are
/// published. OpenDP: <c>make_laplace_threshold</c>; Korolova et al. 2009.
/// </summary>
/// <remarks>
/// <para>The keys that are published, not only their counts, tell of the data; the threshold hides those that hang on few rows, but for
/// events of probability delta. Where the keys are public, <see cref="CountByCategory"/> needs no delta.</para>
/// <para>The keys are published in a random order, which is drawn for each release and does not depend on the data. The time depends on the
/// number of keys and on the noise: draw on a schedule, never while somebody waits for the answer.</para>
/// <para>Proof: docs/privacy/stable-keys.md.</para>
/// </remarks>
public static class StableKeyCounts
{
    /// <summary>
    /// The keys whose number of rows, plus discrete Laplace noise, is at least the threshold, with that noisy number. The map from
    /// <see cref="SymmetricDistance"/> is d -> (epsilon, delta) with epsilon = d / scale and delta = max over j from 1 to d of
    /// j P(noise >= threshold - d + j - 1), which is at most d P(noise >= threshold - d); rounded up.
    /// </summary>
    /// <remarks>
    /// The map refuses a distance that is not below the threshold, or at which delta would be 1 or more: a delta of 1 is no guarantee.
    /// </remarks>
    /// <param name="domain">One key in each row. Their number is private.</param>
    /// <param name="scale">The scale of the noise, above 0 and at most 2^64, in rows.</param>
    /// <param name="threshold">The smallest noisy count that is published; at least 2. See <see cref="SmallestThreshold"/>.</param>
    /// <typeparam name="TKey">
    /// The type of the keys. Equal keys must be indistinguishable, so no doubles, decimals and times: make integers or texts of them.
    /// </typeparam>
    /// <exception cref="ArgumentException">Equal keys of this type can be told apart.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of range or the threshold below 2.</exception>
    public static Measurement<IReadOnlyList<TKey>, IReadOnlyList<KeyCount<TKey>>, ApproximateLoss<Rational>> Of<TKey>(
        VectorDomain<TKey> domain, Rational scale, long threshold)
        where TKey : notnull =>
        Of(domain, scale, threshold, OperatingSystemRandomBytes.Instance);

    internal static Measurement<IReadOnlyList<TKey>, IReadOnlyList<KeyCount<TKey>>, ApproximateLoss<Rational>> Of<TKey>(
        VectorDomain<TKey> domain, Rational scale, long threshold, IRandomBytes source)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(domain);
        IndistinguishableValues.Require<TKey>(
            nameof(domain), "Which one was published would tell of single rows: make integers or texts of them.");
        DiscreteLaplace.RequireScale(scale);
        if (threshold < 2)
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, "The threshold must be at least 2: at 1, a single row would be published.");
        }

        var noise = new DiscreteLaplace(scale, source);
        var words = new LockedWords(source);
        return new Measurement<IReadOnlyList<TKey>, IReadOnlyList<KeyCount<TKey>>, ApproximateLoss<Rational>>(
            new Space<IReadOnlyList<TKey>>(domain, new SymmetricDistance()),
            new Approximate<Rational>(new MaxDivergence()),
            rows =>
            {
                var published = Published(rows, noise, threshold);
                return words.Draw(random => Shuffled(random, published));
            },
            distance => Loss(scale, threshold, distance));
    }

    /// <summary>The smallest threshold at which delta, as the map rounds it, is within the limit.</summary>
    /// <param name="scale">The scale of the noise, above 0 and at most 2^64, in rows.</param>
    /// <param name="inputDistance">How many rows neighbours differ by: a whole number from 1 to 2^31 - 1.</param>
    /// <param name="delta">The limit; above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or no threshold below 2^62 is enough.</exception>
    public static long SmallestThreshold(Rational scale, Rational inputDistance, Rational delta)
    {
        DiscreteLaplace.RequireScale(scale);
        if (inputDistance < 1 || inputDistance > int.MaxValue || !inputDistance.Denominator.IsOne)
        {
            throw new ArgumentOutOfRangeException(
                nameof(inputDistance), inputDistance, "The distance must be a whole number from 1 to 2^31 - 1.");
        }

        ArgumentRanges.RequireDelta(delta);

        // delta falls as the threshold rises. Invariant of both loops: at tooLow, delta is above the limit or the map refuses.
        const long Largest = 1L << 62;
        var distance = (long)inputDistance.Numerator;
        var tooLow = Math.Max(1, distance);
        var step = 1L;
        while (!Suffices(tooLow + step))
        {
            tooLow += step;
            step *= 2;
            if (tooLow + step > Largest)
                throw new ArgumentOutOfRangeException(nameof(scale), scale, $"No threshold up to 2^62 gives a delta of {delta}.");
        }

        var enough = tooLow + step;
        while (enough - tooLow > 1)
        {
            var middle = tooLow + ((enough - tooLow) / 2);
            (tooLow, enough) = Suffices(middle) ? (tooLow, middle) : (middle, enough);
        }

        return enough;

        bool Suffices(long threshold) => Delta(scale, threshold, inputDistance.Numerator) <= delta;
    }

    static ApproximateLoss<Rational> Loss(Rational scale, long threshold, Rational inputDistance)
    {
        if (inputDistance >= threshold)
        {
            throw new ArgumentOutOfRangeException(
                nameof(inputDistance),
                inputDistance,
                $"The distance must be below the threshold, {threshold}: otherwise a new key can be published as it is.");
        }

        var delta = Delta(scale, threshold, inputDistance.Numerator);
        return delta < Rational.One
            ? new ApproximateLoss<Rational>(inputDistance / scale, delta)
            : throw new ArgumentOutOfRangeException(
                nameof(inputDistance),
                inputDistance,
                $"The threshold {threshold} is too low: delta would be 1 or more, which is no guarantee.");
    }

    /// <summary>
    /// An upper bound of the largest j P(noise >= threshold - distance + j - 1) for j from 1 to the distance, which is below the threshold.
    /// </summary>
    internal static Rational Delta(Rational scale, long threshold, BigInteger distance)
    {
        if (distance.IsZero)
            return Rational.Zero;

        // j exp(-j / scale) rises up to j = scale and falls from there on, so the largest integer term is next to it.
        var peak = BigInteger.Clamp(scale.Numerator / scale.Denominator, 1, distance);
        var next = BigInteger.Min(peak + 1, distance);
        return Rational.Max(Term(peak), Term(next));

        Rational Term(BigInteger j) => Rational.FromInteger(j) * TailUp(scale, threshold - distance + j - 1);
    }

    /// <summary>An upper bound of P(noise >= k), for k of at least 1: exp(-k / scale) / (1 + exp(-1 / scale)).</summary>
    static Rational TailUp(Rational scale, BigInteger k) => DirectedRounding.RoundUp(
        DirectedRounding.ExpUp(-Rational.FromInteger(k) / scale)
        / (Rational.One + DirectedRounding.ExpDown(Rational.FromInt64(-1) / scale)));

    static KeyCount<TKey>[] Published<TKey>(IReadOnlyList<TKey> rows, DiscreteLaplace noise, long threshold)
        where TKey : notnull
    {
        var counts = new Dictionary<TKey, int>();
        for (var i = 0; i < rows.Count; i++)
            counts[rows[i]] = counts.GetValueOrDefault(rows[i]) + 1;

        return
        [
            .. counts.Select(pair => new KeyCount<TKey>(pair.Key, noise.AddTo(pair.Value))).Where(pair => pair.Count >= threshold),
        ];
    }

    static KeyCount<TKey>[] Shuffled<TKey>(RandomWords words, KeyCount<TKey>[] keys)
    {
        for (var left = keys.Length; left > 1; left--)
        {
            var place = (int)ExactBernoulli.Uniform(words, (ulong)left);
            (keys[place], keys[left - 1]) = (keys[left - 1], keys[place]);
        }

        return keys;
    }
}
