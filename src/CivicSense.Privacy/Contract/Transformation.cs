namespace CivicSense.Privacy;

/// <summary>A function from one space to another that moves neighbours at most so far apart as its stability map says.</summary>
/// <remarks>
/// <para>Proof definition: for all x and y of the input domain at distance at most dIn, both results are members of the output domain, at
/// distance at most Map(dIn). Each constructor names the page that proves it.</para>
/// <para>There is no public constructor: every transformation is made by a method of this room that has a proof. The result is as private
/// as the data.</para>
/// <para>Immutable; safe for concurrent use.</para>
/// </remarks>
/// <typeparam name="TIn">The type of the data.</typeparam>
/// <typeparam name="TOut">The type of the result.</typeparam>
public sealed class Transformation<TIn, TOut>
{
    readonly Func<TIn, TOut> function;
    readonly Func<Rational, Rational> stabilityMap;

    internal Transformation(Space<TIn> input, Space<TOut> output, Func<TIn, TOut> function, Func<Rational, Rational> stabilityMap)
    {
        Input = input;
        Output = output;
        this.function = function;
        this.stabilityMap = stabilityMap;
    }

    /// <summary>The data and how far apart they are.</summary>
    public Space<TIn> Input { get; }

    /// <summary>The results and how far apart they are.</summary>
    public Space<TOut> Output { get; }

    /// <summary>
    /// The largest distance of the results of data that are at most <paramref name="inputDistance"/> apart; never too small.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is no distance of the input metric.</exception>
    public Rational Map(Rational inputDistance)
    {
        Input.RequireDistance(inputDistance, nameof(inputDistance));
        return stabilityMap(inputDistance);
    }

    /// <summary>
    /// Whether data at most <paramref name="inputDistance"/> apart have results at most <paramref name="outputDistance"/> apart.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is no distance of its metric.</exception>
    public bool Check(Rational inputDistance, Rational outputDistance)
    {
        Output.RequireDistance(outputDistance, nameof(outputDistance));
        return Map(inputDistance) <= outputDistance;
    }

    /// <summary>Applies the function. The result is private.</summary>
    /// <exception cref="ArgumentException">The data are not a member of the input domain.</exception>
    public TOut Invoke(TIn data)
    {
        Input.RequireMember(data, nameof(data));
        return function(data);
    }

    /// <summary>This transformation, followed by another one.</summary>
    /// <exception cref="ArgumentException">Domain or metric do not match.</exception>
    public Transformation<TIn, TNext> Then<TNext>(Transformation<TOut, TNext> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Output.RequireSame(next.Input, nameof(next));
        return new Transformation<TIn, TNext>(
            Input, next.Output, data => next.function(function(data)), distance => next.Map(stabilityMap(distance)));
    }

    /// <summary>This transformation, followed by a measurement.</summary>
    /// <exception cref="ArgumentException">Domain or metric do not match.</exception>
    public Measurement<TIn, TNext, TLoss> Then<TNext, TLoss>(Measurement<TOut, TNext, TLoss> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Output.RequireSame(next.Input, nameof(next));
        return new Measurement<TIn, TNext, TLoss>(
            Input, next.Measure, data => next.Function(function(data)), distance => next.Map(stabilityMap(distance)));
    }
}
