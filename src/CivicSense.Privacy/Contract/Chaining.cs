using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Chaining where the next step is built from what the one before promises, so that a domain need not be written twice:
/// <c>count.Then(number => DiscreteLaplaceMechanism.Scalar(number, scale))</c>.
/// </summary>
/// <remarks>
/// Each method hands the output domain, and where the step asks for it the output metric, to the function, and chains what that returns.
/// The spaces are compared as ever, so a step on another domain is refused. Proof: docs/privacy/contract.md, chaining.
/// </remarks>
public static class Chaining
{
    /// <summary>A number, followed by a measurement of it.</summary>
    /// <exception cref="ArgumentException">The output is described in another way, or domain or metric do not match.</exception>
    public static Measurement<TIn, TNext, TLoss> Then<TIn, T, TNext, TLoss>(
        this Transformation<TIn, T> transformation, Func<AtomDomain<T>, Measurement<T, TNext, TLoss>> next)
        where T : struct, INumber<T>
    {
        Require(transformation, next);
        return transformation.Then(next(Domain<AtomDomain<T>>(transformation.Output.Domain, nameof(next))));
    }

    /// <summary>A number, followed by a transformation of it.</summary>
    /// <exception cref="ArgumentException">The output is described in another way, or domain or metric do not match.</exception>
    public static Transformation<TIn, TNext> Then<TIn, T, TNext>(
        this Transformation<TIn, T> transformation, Func<AtomDomain<T>, Transformation<T, TNext>> next)
        where T : struct, INumber<T>
    {
        Require(transformation, next);
        return transformation.Then(next(Domain<AtomDomain<T>>(transformation.Output.Domain, nameof(next))));
    }

    /// <summary>A list, followed by a measurement of it.</summary>
    /// <exception cref="ArgumentException">The output is described in another way, or domain or metric do not match.</exception>
    public static Measurement<TIn, TNext, TLoss> Then<TIn, T, TNext, TLoss>(
        this Transformation<TIn, IReadOnlyList<T>> transformation,
        Func<VectorDomain<T>, Measurement<IReadOnlyList<T>, TNext, TLoss>> next)
    {
        Require(transformation, next);
        return transformation.Then(next(Domain<VectorDomain<T>>(transformation.Output.Domain, nameof(next))));
    }

    /// <summary>Rows, followed by a transformation of them.</summary>
    /// <exception cref="ArgumentException">
    /// The output is described in another way or measured by no row metric, or domain or metric do not match.
    /// </exception>
    public static Transformation<TIn, TNext> Then<TIn, T, TNext>(
        this Transformation<TIn, IReadOnlyList<T>> transformation,
        Func<VectorDomain<T>, RowMetric, Transformation<IReadOnlyList<T>, TNext>> next)
    {
        Require(transformation, next);
        var output = transformation.Output;
        return transformation.Then(
            next(Domain<VectorDomain<T>>(output.Domain, nameof(next)), Metric<RowMetric>(output.Metric, nameof(next))));
    }

    /// <summary>Rows with an owner, followed by a transformation of them.</summary>
    /// <exception cref="ArgumentException">
    /// The output is described in another way or measured by no owner metric, or domain or metric do not match.
    /// </exception>
    public static Transformation<TIn, TNext> Then<TIn, T, TNext>(
        this Transformation<TIn, IReadOnlyList<Owned<T>>> transformation,
        Func<VectorDomain<Owned<T>>, OwnerMetric, Transformation<IReadOnlyList<Owned<T>>, TNext>> next)
    {
        Require(transformation, next);
        var output = transformation.Output;
        return transformation.Then(
            next(Domain<VectorDomain<Owned<T>>>(output.Domain, nameof(next)), Metric<OwnerMetric>(output.Metric, nameof(next))));
    }

    /// <summary>Scores, followed by a selection.</summary>
    /// <exception cref="ArgumentException">
    /// The output is described in another way or measured by another metric, or domain or metric do not match.
    /// </exception>
    public static Measurement<TIn, TNext, TLoss> Then<TIn, TNext, TLoss>(
        this Transformation<TIn, IReadOnlyList<long>> transformation,
        Func<VectorDomain<long>, LInfDistance, Measurement<IReadOnlyList<long>, TNext, TLoss>> next)
    {
        Require(transformation, next);
        var output = transformation.Output;
        return transformation.Then(
            next(Domain<VectorDomain<long>>(output.Domain, nameof(next)), Metric<LInfDistance>(output.Metric, nameof(next))));
    }

    static void Require(object transformation, object next)
    {
        ArgumentNullException.ThrowIfNull(transformation);
        ArgumentNullException.ThrowIfNull(next);
    }

    static TDomain Domain<TDomain>(Domain output, string next)
        where TDomain : Domain =>
        output as TDomain ?? throw new ArgumentException($"The output domain is {output}; the next step is built from another one.", next);

    static TMetric Metric<TMetric>(Metric output, string next)
        where TMetric : Metric =>
        output as TMetric ?? throw new ArgumentException($"The output metric is {output}; the next step is built from another one.", next);
}
