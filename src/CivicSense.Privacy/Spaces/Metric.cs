namespace CivicSense.Privacy;

/// <summary>
/// How far apart two members of a domain are. Distances are exact rationals of at least zero, so no map loses anything to rounding unless
/// it says so. Compared by value; immutable.
/// </summary>
/// <remarks>The names are OpenDP's. docs/privacy/contract.md defines each.</remarks>
public abstract record Metric
{
    private protected Metric()
    {
    }

    /// <summary>Why this metric does not measure that domain, or null where it does.</summary>
    internal abstract string? WhyRefused(Domain domain);

    /// <summary>Why the number is no distance of this metric, or null where it is one.</summary>
    internal virtual string? WhyRefused(Rational distance) =>
        distance.Sign < 0 ? "A distance is at least 0." : null;

    private protected static string? WhyNoCount(Rational distance) => distance switch
    {
        { Sign: < 0 } => "A distance is at least 0.",
        { Denominator.IsOne: false } => "This distance counts things: it must be a whole number.",
        _ => null,
    };

    private protected string? WhyNotListOf<TElement>(Domain domain, string elements) =>
        domain is IListDomain { Element: TElement } ? null : $"{GetType().Name} measures lists of {elements}, not {domain.Kind}.";

    private protected string? WhyNotNumbers(Domain domain) => domain is IListDomain { Element: IAtomDomain { HoldsNan: false } }
        ? null
        : $"{GetType().Name} measures vectors of numbers other than NaN, not {domain.Kind}.";
}

/// <summary>A metric on data sets whose unit is the row: <see cref="SymmetricDistance"/> or <see cref="ChangeOneDistance"/>.</summary>
public abstract record RowMetric : Metric
{
    private protected RowMetric()
    {
    }

    /// <summary>The first value where rows are added or removed, the second where they are replaced.</summary>
    internal abstract T Choose<T>(T added, T replaced);

    internal override string? WhyRefused(Rational distance) => WhyNoCount(distance);
}

/// <summary>
/// A metric on data sets whose unit is the owner: <see cref="SymmetricIdDistance"/> or <see cref="ChangeOneIdDistance"/>.
/// </summary>
public abstract record OwnerMetric : Metric
{
    private protected OwnerMetric()
    {
    }

    /// <summary>The first value where owners are added or removed, the second where their rows are replaced.</summary>
    internal abstract T Choose<T>(T added, T replaced);

    internal override string? WhyRefused(Rational distance) => WhyNoCount(distance);
}

/// <summary>A metric on vectors that noise is calibrated to: <see cref="L1Distance"/> or <see cref="L2Distance"/>.</summary>
public abstract record NormMetric : Metric
{
    private protected NormMetric()
    {
    }

    /// <summary>The first value for L1, the second for L2.</summary>
    internal abstract T Choose<T>(T l1, T l2);
}

/// <summary>The number of rows that must be added or removed to make one data set the other, without regard to order.</summary>
public sealed record SymmetricDistance : RowMetric
{
    internal override T Choose<T>(T added, T replaced) => added;

    internal override string? WhyRefused(Domain domain) => WhyNotListOf<Domain>(domain, "rows");
}

/// <summary>
/// The number of rows that must be replaced to make one data set the other, without regard to order. The number of rows is public.
/// </summary>
public sealed record ChangeOneDistance : RowMetric
{
    internal override T Choose<T>(T added, T replaced) => replaced;

    internal override string? WhyRefused(Domain domain) => domain is IListDomain { Size: null }
        ? "ChangeOneDistance needs a vector domain with a public size."
        : WhyNotListOf<Domain>(domain, "rows");
}

/// <summary>
/// The number of owners all of whose rows must be added or removed to make one data set the other: owner-level adjacency. However many rows
/// an owner has, they count once.
/// </summary>
public sealed record SymmetricIdDistance : OwnerMetric
{
    internal override T Choose<T>(T added, T replaced) => added;

    internal override string? WhyRefused(Domain domain) => WhyNotListOf<IOwnedDomain>(domain, "rows with an owner");
}

/// <summary>
/// The number of owners whose rows must be replaced, by any rows of the same owner, to make one data set the other.
/// </summary>
public sealed record ChangeOneIdDistance : OwnerMetric
{
    internal override T Choose<T>(T added, T replaced) => replaced;

    internal override string? WhyRefused(Domain domain) => WhyNotListOf<IOwnedDomain>(domain, "rows with an owner");
}

/// <summary>|x - y| of two numbers.</summary>
public sealed record AbsoluteDistance : Metric
{
    internal override string? WhyRefused(Domain domain) =>
        domain is IAtomDomain { HoldsNan: false } ? null : $"AbsoluteDistance measures numbers other than NaN, not {domain.Kind}.";
}

/// <summary>The sum of the |x_i - y_i| of two vectors of the same length; infinite where the lengths differ.</summary>
public sealed record L1Distance : NormMetric
{
    internal override T Choose<T>(T l1, T l2) => l1;

    internal override string? WhyRefused(Domain domain) => WhyNotNumbers(domain);
}

/// <summary>The Euclidean distance of two vectors of the same length; infinite where the lengths differ.</summary>
public sealed record L2Distance : NormMetric
{
    internal override T Choose<T>(T l1, T l2) => l2;

    internal override string? WhyRefused(Domain domain) => WhyNotNumbers(domain);
}

/// <summary>
/// The largest |x_i - y_i| of two vectors of the same length, or their largest rise plus their largest fall; infinite where they differ in
/// length.
/// </summary>
/// <param name="Monotonic">
/// Whether the distance is the largest rise of a coordinate plus the largest fall. Scores that all go up, or all go down, when a row is
/// added are then no further apart than in the other distance, and cost selection half as much.
/// </param>
public sealed record LInfDistance(bool Monotonic = false) : Metric
{
    internal override string? WhyRefused(Domain domain) => WhyNotNumbers(domain);
}

/// <summary>0 where the values are equal and 1 where they are not.</summary>
public sealed record DiscreteDistance : Metric
{
    internal override string? WhyRefused(Domain domain) => null;

    internal override string? WhyRefused(Rational distance) =>
        distance == Rational.Zero || distance == Rational.One ? null : "The discrete distance is 0 or 1.";
}
