namespace CivicSense.Privacy;

/// <summary>How far apart two laws are: the currency of privacy loss. Compared by value; immutable.</summary>
/// <remarks>
/// The names are OpenDP's. docs/privacy/contract.md defines each. All of them allow fully adaptive composition by
/// <see cref="Compose(TLoss, TLoss)"/>.
/// </remarks>
/// <typeparam name="TLoss">How it counts loss.</typeparam>
public abstract record Measure<TLoss>
{
    private protected Measure()
    {
    }

    /// <summary>The loss of something that does not depend on the data.</summary>
    public abstract TLoss None { get; }

    /// <summary>The loss of two releases together, the second of which may depend on the answer of the first.</summary>
    public abstract TLoss Compose(TLoss first, TLoss second);

    /// <summary>Whether everything that loses at most <paramref name="loss"/> loses at most <paramref name="limit"/>.</summary>
    public abstract bool IsWithin(TLoss loss, TLoss limit);

    /// <summary>Why the value is no loss of this measure, or null where it is one.</summary>
    internal abstract string? WhyRefused(TLoss loss);

    internal void RequireLoss(TLoss loss, string argument)
    {
        if (WhyRefused(loss) is { } reason)
            throw new ArgumentOutOfRangeException(argument, loss, reason);
    }

    internal void RequireSame(Measure<TLoss> other, string argument)
    {
        if (this != other)
            throw new ArgumentException($"The measures do not match: {this} and {other}.", argument);
    }

    /// <summary>The loss of several releases together.</summary>
    internal TLoss Compose(IEnumerable<TLoss> losses) => losses.Aggregate(None, Compose);
}

/// <summary>Pure differential privacy. The loss is epsilon: the largest log ratio of the probabilities of any event.</summary>
public sealed record MaxDivergence : Measure<Rational>
{
    /// <inheritdoc/>
    public override Rational None => Rational.Zero;

    /// <inheritdoc/>
    public override Rational Compose(Rational first, Rational second) => first + second;

    /// <inheritdoc/>
    public override bool IsWithin(Rational loss, Rational limit) => loss <= limit;

    internal override string? WhyRefused(Rational loss) => loss.Sign < 0 ? "epsilon is at least 0." : null;
}

/// <summary>
/// Zero-concentrated differential privacy (Bun and Steinke 2016). The loss is rho: the Renyi divergence of every order alpha is at most
/// alpha rho.
/// </summary>
public sealed record ZeroConcentratedDivergence : Measure<Rational>
{
    /// <inheritdoc/>
    public override Rational None => Rational.Zero;

    /// <inheritdoc/>
    public override Rational Compose(Rational first, Rational second) => first + second;

    /// <inheritdoc/>
    public override bool IsWithin(Rational loss, Rational limit) => loss <= limit;

    internal override string? WhyRefused(Rational loss) => loss.Sign < 0 ? "rho is at least 0." : null;
}

/// <summary>The loss of an approximate measure: the loss of the measure it relaxes, but for events of probability delta.</summary>
/// <param name="Loss">The loss of the inner measure: epsilon for pure, rho for zero-concentrated differential privacy.</param>
/// <param name="Delta">From 0 to 1.</param>
/// <typeparam name="TLoss">How the inner measure counts loss.</typeparam>
public readonly record struct ApproximateLoss<TLoss>(TLoss Loss, Rational Delta);

/// <summary>
/// Another measure but for events of probability delta. <c>Approximate(MaxDivergence)</c> is (epsilon, delta)-differential privacy.
/// </summary>
/// <param name="Inner">The measure that is relaxed.</param>
/// <typeparam name="TLoss">How it counts loss.</typeparam>
public sealed record Approximate<TLoss>(Measure<TLoss> Inner) : Measure<ApproximateLoss<TLoss>>
{
    /// <summary>The measure that is relaxed.</summary>
    public Measure<TLoss> Inner { get; } = Inner ?? throw new ArgumentNullException(nameof(Inner));

    /// <inheritdoc/>
    public override ApproximateLoss<TLoss> None => new(Inner.None, Rational.Zero);

    /// <inheritdoc/>
    public override ApproximateLoss<TLoss> Compose(ApproximateLoss<TLoss> first, ApproximateLoss<TLoss> second)
    {
        var delta = first.Delta + second.Delta;
        return new(Inner.Compose(first.Loss, second.Loss), delta > Rational.One ? Rational.One : delta);
    }

    /// <inheritdoc/>
    public override bool IsWithin(ApproximateLoss<TLoss> loss, ApproximateLoss<TLoss> limit) =>
        loss.Delta <= limit.Delta && Inner.IsWithin(loss.Loss, limit.Loss);

    internal override string? WhyRefused(ApproximateLoss<TLoss> loss) =>
        loss.Delta < Rational.Zero || loss.Delta > Rational.One ? "delta is from 0 to 1." : Inner.WhyRefused(loss.Loss);
}
