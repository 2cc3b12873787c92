using System.Numerics.Tensors;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The forward Kalman filter of one quantity for one area, release area or parent: the city, the area, the areas around it pooled into
/// one, and the official stations. The same number of components however many areas there are.
/// </summary>
sealed class AreaFilter
{
    /// <summary>
    /// Squared deviations beyond this count by their logarithm only: weather is not normal, and three episodes must not rule a fit.
    /// </summary>
    const double Outlying = 20;

    /// <summary>Beyond so far from the prior mean, on the model scale, the level changes nothing more.</summary>
    const double FarthestLevel = 2;

    readonly StateLayout layout;
    readonly double[] mean;
    readonly SymmetricMatrix covariance;
    readonly double[] product;
    readonly List<TrackedSum> tracked = [];
    readonly int[] differences;
    double[] variances = [];
    double levelExponent;
    double outsideWhite;
    double levelFactor = 1;
    double[][] rows = [];

    AreaFilter(StateLayout layout, double level, double[] mean, SymmetricMatrix covariance)
    {
        (this.layout, Level, this.mean, this.covariance) = (layout, level, mean, covariance);
        product = new double[layout.Dimension];
        differences = layout.Differences();
    }

    /// <summary>The prior mean on the model scale: the state holds deviations from it.</summary>
    public double Level { get; }

    /// <summary>Whether there are sums over past hours that are still being learnt about.</summary>
    public bool IsTracking => tracked.Count > 0;

    /// <summary>Whether measurements revise tracked sums.</summary>
    public bool Smooths { get; init; } = true;

    /// <summary>A filter that knows the prior only.</summary>
    public static AreaFilter Start(
        StateLayout layout, Quantity quantity, ModelParameters parameters, AreaSpread spread, bool smooths = true)
    {
        var prior = new SymmetricMatrix(layout.Dimension);
        var filter = new AreaFilter(
            layout, quantity.ToModelScale(quantity.PriorMean), new double[layout.Dimension], prior) { Smooths = smooths };
        filter.Adopt(parameters, spread);
        for (var i = 0; i < layout.Dimension; i++)
            prior.AddToDiagonal(i, filter.variances[i]);
        return filter;
    }

    /// <summary>A filter for another area that begins where this one is, with the full spread between areas on top.</summary>
    public AreaFilter Fork(ModelParameters parameters, AreaSpread spread)
    {
        var fork = new AreaFilter(layout, Level, [.. mean], covariance.Copy()) { rows = rows, Smooths = Smooths };
        fork.Adopt(parameters, spread);
        foreach (var component in (ReadOnlySpan<int>)[StateLayout.Offset(Signal.Inside), StateLayout.Local(Signal.Inside),
            StateLayout.Slow(Signal.Inside)])
            fork.covariance.AddToDiagonal(component, fork.variances[component]);
        foreach (var component in (ReadOnlySpan<int>)[StateLayout.Offset(Signal.Outside), StateLayout.Local(Signal.Outside),
            StateLayout.Slow(Signal.Outside)])
        {
            fork.mean[component] = 0;
            fork.covariance.Reset(component, fork.variances[component]);
        }
        return fork;
    }

    /// <summary>From now on these are the parameters, and so far do the filter's areas lie from the city.</summary>
    public void Adopt(ModelParameters parameters, AreaSpread spread)
    {
        variances = layout.Variances(parameters, spread);
        levelExponent = parameters.LevelExponent;
        outsideWhite = spread.Outside.White;
    }

    /// <summary>Moves on to an hour.</summary>
    /// <param name="transition">The way there.</param>
    /// <param name="hourRows">How each <see cref="Signal"/> adds up in that hour.</param>
    public void Advance(Transition transition, double[][] hourRows)
    {
        rows = hourRows;
        transition.Apply(mean);
        transition.Apply(covariance);
        levelFactor = LevelFactor();
        for (var i = 0; i < variances.Length; i++)
            covariance.AddToDiagonal(i, Innovation(i));
        // Where there is less, areas differ by a larger share of it.
        foreach (var i in differences)
            covariance.AddToDiagonal(i, (levelFactor - 1) * Innovation(i));
        foreach (var sum in tracked)
            sum.Advance(transition);

        double Innovation(int component) => variances[component] * (1 - transition.Retention[component] * transition.Retention[component]);
    }

    /// <summary>Begins a sum over hours that is learnt about until it is <see cref="Forget">forgotten</see>.</summary>
    public TrackedSum Track()
    {
        var sum = new TrackedSum(layout.Dimension);
        tracked.Add(sum);
        return sum;
    }

    /// <summary>A sum is final.</summary>
    public void Forget(TrackedSum sum) => tracked.Remove(sum);

    /// <summary>
    /// Conditions on a measurement of a signal in the present hour. Returns the logarithm of its density, outliers tamed.
    /// </summary>
    public double Update(Signal signal, Moments measured) => Update(
        rows[(int)signal],
        signal == Signal.Outside ? measured with { Variance = measured.Variance + levelFactor * outsideWhite } : measured);

    /// <summary>Conditions on what the stations had some hours ago.</summary>
    public double UpdatePast(int hours, Moments measured) => Update(layout.PastRow(hours), measured);

    /// <summary>A signal's value in the present hour, from everything told so far.</summary>
    public Moments Current(Signal signal)
    {
        var row = rows[(int)signal];
        covariance.Multiply(row, product);
        return new Moments(Level + TensorPrimitives.Dot(mean, row), Math.Max(0, TensorPrimitives.Dot(product, row)));
    }

    /// <summary>Adds the present hour to a tracked sum.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="value">The expected addend.</param>
    /// <param name="slope">How the addend follows the area's value on the model scale.</param>
    public void AddTo(TrackedSum sum, double value, double slope)
    {
        var row = rows[(int)Signal.Inside];
        covariance.Multiply(row, product);
        sum.Add(value, slope, product, row, TensorPrimitives.Dot(product, row));
    }

    /// <summary>
    /// How many times the variance of areas' differences is what it is at the prior mean, by what is expected of the city.
    /// </summary>
    double LevelFactor()
    {
        if (levelExponent == 0)
            return 1;
        var city = TensorPrimitives.Dot(
            mean.AsSpan(0, StateLayout.CityComponents), rows[(int)Signal.Inside].AsSpan(0, StateLayout.CityComponents));
        return Math.Exp(-2 * levelExponent * Math.Clamp(city, -FarthestLevel, FarthestLevel));
    }

    double Update(double[] row, Moments measured)
    {
        covariance.Multiply(row, product);
        var variance = TensorPrimitives.Dot(product, row) + measured.Variance;
        var innovation = measured.Mean - Level - TensorPrimitives.Dot(mean, row);
        TensorPrimitives.MultiplyAdd(product, innovation / variance, mean, mean);
        covariance.Downdate(product, variance);
        for (var i = 0; Smooths && i < tracked.Count; i++)
            tracked[i].Update(row, product, innovation, variance);
        var square = innovation * innovation / variance;
        return -0.5 * ((square < Outlying ? square : Outlying * (1 + Math.Log(square / Outlying))) + Math.Log(2 * Math.PI * variance));
    }
}
