namespace CivicSense.Privacy;

/// <summary>The number of rows. OpenDP: <c>make_count</c>.</summary>
public static class Count
{
    /// <summary>The number of rows. The map is d -> d. Proof: docs/privacy/count.md, lemma 1.</summary>
    /// <param name="domain">The rows. Where their number is public there is nothing to count, and the domain is refused.</param>
    /// <typeparam name="T">The type of the rows.</typeparam>
    /// <exception cref="ArgumentException">The size of the domain is public.</exception>
    public static Transformation<IReadOnlyList<T>, Int128> Of<T>(VectorDomain<T> domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (domain.Size is { } size)
            throw new ArgumentException($"The number of rows is public, {size}: it needs no count.", nameof(domain));

        return new Transformation<IReadOnlyList<T>, Int128>(
            new Space<IReadOnlyList<T>>(domain, new SymmetricDistance()),
            new Space<Int128>(new AtomDomain<Int128>(), new AbsoluteDistance()),
            rows => rows.Count,
            distance => distance);
    }
}
