namespace CivicSense.Privacy;

/// <summary>A random function whose answers on neighbours differ in law by at most the loss that its privacy map says.</summary>
/// <remarks>
/// <para>Proof definition: for all x and y of the input domain at distance at most dIn, the laws of the answers are at most Map(dIn) apart
/// in the measure. Each constructor names the page that proves it.</para>
/// <para>There is no public constructor: every measurement is made by a method of this room that has a proof. The map is always evaluated
/// before the function sees data, and the function cannot be called in any other way.</para>
/// <para>Immutable but for its random generator; safe for concurrent use.</para>
/// </remarks>
/// <typeparam name="TIn">The type of the data.</typeparam>
/// <typeparam name="TOut">The type of the answer.</typeparam>
/// <typeparam name="TLoss">How the measure counts loss.</typeparam>
public sealed class Measurement<TIn, TOut, TLoss>
{
    readonly Func<Rational, TLoss> privacyMap;

    internal Measurement(Space<TIn> input, Measure<TLoss> measure, Func<TIn, TOut> function, Func<Rational, TLoss> privacyMap)
    {
        Input = input;
        Measure = measure;
        Function = function;
        this.privacyMap = privacyMap;
    }

    /// <summary>The data and how far apart they are.</summary>
    public Space<TIn> Input { get; }

    /// <summary>How the loss is measured.</summary>
    public Measure<TLoss> Measure { get; }

    internal Func<TIn, TOut> Function { get; }

    /// <summary>
    /// The loss for data that are at most <paramref name="inputDistance"/> apart; rounded, where it must be, toward more loss.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is no distance of the input metric.</exception>
    public TLoss Map(Rational inputDistance)
    {
        Input.RequireDistance(inputDistance, nameof(inputDistance));
        return privacyMap(inputDistance);
    }

    /// <summary>Whether the loss for data at most <paramref name="inputDistance"/> apart is within <paramref name="loss"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number is no distance of the input metric, or the loss no loss of the measure.
    /// </exception>
    public bool Check(Rational inputDistance, TLoss loss)
    {
        Measure.RequireLoss(loss, nameof(loss));
        return Measure.IsWithin(Map(inputDistance), loss);
    }

    /// <summary>Evaluates the map, then answers.</summary>
    /// <param name="inputDistance">How far apart neighbours are, in the input metric.</param>
    /// <param name="data">The data. They must not be changed by anybody meanwhile: first they are checked, then read.</param>
    /// <returns>The answer, which is public from now on, and what it cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is no distance of the input metric. The data were not touched.</exception>
    /// <exception cref="ArgumentException">The data are not a member of the input domain.</exception>
    public Released<TOut, TLoss> Release(Rational inputDistance, TIn data)
    {
        var loss = Map(inputDistance);
        Input.RequireMember(data, nameof(data));
        return new Released<TOut, TLoss>(Function(data), loss);
    }

    /// <summary>This measurement, followed by any function of its answer. Post-processing costs nothing.</summary>
    /// <param name="postprocess">It must not touch private data but through its argument.</param>
    public Measurement<TIn, TNext, TLoss> Then<TNext>(Func<TOut, TNext> postprocess)
    {
        ArgumentNullException.ThrowIfNull(postprocess);
        return new Measurement<TIn, TNext, TLoss>(Input, Measure, data => postprocess(Function(data)), privacyMap);
    }

    /// <summary>The same random function under another measure, with another map.</summary>
    internal Measurement<TIn, TOut, TNewLoss> Under<TNewLoss>(Measure<TNewLoss> measure, Func<TLoss, TNewLoss> convert) =>
        new(Input, measure, Function, distance => convert(privacyMap(distance)));
}

/// <summary>An answer and what it cost.</summary>
/// <param name="Value">The answer. It is public.</param>
/// <param name="Loss">The privacy loss.</param>
/// <typeparam name="TOut">The type of the answer.</typeparam>
/// <typeparam name="TLoss">How the measure counts loss.</typeparam>
public readonly record struct Released<TOut, TLoss>(TOut Value, TLoss Loss);
