namespace CivicSense.Privacy;

/// <summary>The door from doubles to integers: behind it there is no rounding, no NaN and no infinity.</summary>
public static class IntegerGrid
{
    /// <summary>The largest accepted magnitude of the number of grid bits.</summary>
    public const int MaxGridBits = 62;

    /// <summary>
    /// Every row times 2^gridBits, truncated toward zero, clamped to [lower, upper]; NaN and the infinities become a public constant. The
    /// map is d -> d.
    /// </summary>
    /// <remarks>
    /// Proof definition: the function works row by row and every result is an integer within the bounds, whatever bits the double has.
    /// Proof: docs/privacy/clamped-sum.md, lemmas 1 and 3.
    /// </remarks>
    /// <param name="domain">The rows. NaN may be a member.</param>
    /// <param name="metric">How far apart the rows are; the same for the result.</param>
    /// <param name="gridBits">One is 2^gridBits grid units; from -62 to 62.</param>
    /// <param name="lower">The smallest result, in grid units; public.</param>
    /// <param name="upper">The largest result, in grid units; at least <paramref name="lower"/>.</param>
    /// <param name="notFinite">What NaN and the infinities become, in grid units; public, within the bounds.</param>
    /// <exception cref="ArgumentException">The metric does not measure the domain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The grid bits or the constant are out of range, or the lower bound is above the upper.
    /// </exception>
    public static Transformation<IReadOnlyList<double>, IReadOnlyList<long>> Round(
        VectorDomain<double> domain, RowMetric metric, int gridBits, long lower, long upper, long notFinite = 0)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var bounds = BoundsOf(gridBits, lower, upper, notFinite);
        return new Transformation<IReadOnlyList<double>, IReadOnlyList<long>>(
            new Space<IReadOnlyList<double>>(domain, metric),
            new Space<IReadOnlyList<long>>(new VectorDomain<long>(bounds, domain.Size), metric),
            Rows.Each<double, long>(value => Place(value, gridBits, lower, upper, notFinite)),
            distance => distance);
    }

    /// <summary>The same for rows with an owner, who stays the owner of the result. The map is d -> d.</summary>
    /// <remarks>
    /// The bounds hold for a row; <see cref="OwnerSum"/> bounds what an owner adds up to. Proof: docs/privacy/clamped-sum.md, lemmas 1, 3.
    /// </remarks>
    /// <param name="domain">The rows with their owners. NaN may be a value.</param>
    /// <param name="metric">How far apart the rows are; the same for the result.</param>
    /// <param name="gridBits">One is 2^gridBits grid units; from -62 to 62.</param>
    /// <param name="lower">The smallest result, in grid units; public.</param>
    /// <param name="upper">The largest result, in grid units; at least <paramref name="lower"/>.</param>
    /// <param name="notFinite">What NaN and the infinities become, in grid units; public, within the bounds.</param>
    /// <exception cref="ArgumentException">The metric does not measure the domain.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The grid bits or the constant are out of range, or the lower bound is above the upper.
    /// </exception>
    public static Transformation<IReadOnlyList<Owned<double>>, IReadOnlyList<Owned<long>>> Round(
        VectorDomain<Owned<double>> domain, OwnerMetric metric, int gridBits, long lower, long upper, long notFinite = 0)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var bounds = BoundsOf(gridBits, lower, upper, notFinite);
        return new Transformation<IReadOnlyList<Owned<double>>, IReadOnlyList<Owned<long>>>(
            new Space<IReadOnlyList<Owned<double>>>(domain, metric),
            new Space<IReadOnlyList<Owned<long>>>(new VectorDomain<Owned<long>>(new OwnedDomain<long>(bounds), domain.Size), metric),
            Rows.Each<Owned<double>, Owned<long>>(row => new(row.Owner, Place(row.Value, gridBits, lower, upper, notFinite))),
            distance => distance);
    }

    static AtomDomain<long> BoundsOf(int gridBits, long lower, long upper, long notFinite)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(gridBits, -MaxGridBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gridBits, MaxGridBits);
        var bounds = new AtomDomain<long>(lower, upper);
        return bounds.Contains(notFinite) ? bounds : throw new ArgumentOutOfRangeException(
            nameof(notFinite), notFinite, $"The constant must be within the bounds, {lower} and {upper}.");
    }

    static long Place(double value, int gridBits, long lower, long upper, long notFinite)
    {
        if (!double.IsFinite(value))
            return notFinite;

        // Multiplication by a power of two is exact, or infinite, or far below one. The bounds may be no doubles: compared are integers.
        const double TwoTo63 = 9_223_372_036_854_775_808.0;
        var scaled = Math.ScaleB(value, gridBits);
        return scaled switch
        {
            >= TwoTo63 => upper,
            < -TwoTo63 => lower,
            _ => Math.Clamp((long)scaled, lower, upper),
        };
    }
}
