using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The forward Kalman filter of one quantity for one area, release area or parent: the city, the area, and the rest of the neighbourhood
/// pooled into one. Ten components however many areas there are.
/// </summary>
sealed class AreaFilter
{
    readonly double level;
    readonly double[] mean;
    readonly SymmetricMatrix covariance;

    AreaFilter(double level, double[] mean, SymmetricMatrix covariance) =>
        (this.level, this.mean, this.covariance) = (level, mean, covariance);

    /// <summary>The prior mean on the model scale: the state holds deviations from it.</summary>
    public double Level => level;

    /// <summary>The state's mean, after everything told so far.</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>How far the filter's areas lie from the city. Changes with the plan and with what is known of owners.</summary>
    public AreaSpread Spread { get; set; }

    /// <summary>The hours that may still be smoothed, oldest first.</summary>
    public List<FilterStep> History { get; } = [];

    /// <summary>A filter that knows the prior only.</summary>
    public static AreaFilter Start(Quantity quantity, AreaSpread spread)
    {
        var prior = new SymmetricMatrix(StateLayout.Dimension);
        var variances = Variances(quantity, spread);
        for (var i = 0; i < variances.Length; i++)
            prior.AddToDiagonal(i, variances[i]);
        return new AreaFilter(quantity.ToModelScale(quantity.PriorMean), new double[StateLayout.Dimension], prior) { Spread = spread };
    }

    /// <summary>A filter for another area that begins where this one is, with the full spread between areas on top.</summary>
    public AreaFilter Fork(AreaSpread spread)
    {
        double[] state = [.. mean];
        var copy = covariance.Copy();
        copy.AddToDiagonal(StateLayout.Offset(Side.Inside), spread.Inside.Offset);
        copy.AddToDiagonal(StateLayout.Local(Side.Inside), spread.Inside.Local);
        state[StateLayout.Offset(Side.Outside)] = state[StateLayout.Local(Side.Outside)] = 0;
        copy.Reset(StateLayout.Offset(Side.Outside), spread.Outside.Offset);
        copy.Reset(StateLayout.Local(Side.Outside), spread.Outside.Local);
        return new AreaFilter(level, state, copy) { Spread = spread };
    }

    /// <summary>Moves on to an hour. Returns its step, ready for updates.</summary>
    public FilterStep Advance(Quantity quantity, ModelHour hour)
    {
        var variances = Variances(quantity, Spread);
        for (var i = 0; i < mean.Length; i++)
            mean[i] *= hour.Retention[i];
        covariance.Scale(hour.Retention);
        for (var i = 0; i < mean.Length; i++)
            covariance.AddToDiagonal(i, variances[i] * (1 - hour.Retention[i] * hour.Retention[i]));
        var step = new FilterStep(hour, [.. mean], covariance.Copy());
        History.Add(step);
        return step;
    }

    /// <summary>Conditions on a measurement of one side.</summary>
    public void Update(Side side, Moments measured)
    {
        var step = History[^1];
        var gain = step.Observe(covariance, side);
        var variance = step.Observe(gain, side) + measured.Variance;
        var innovation = measured.Mean - level - step.Observe(mean, side);
        for (var i = 0; i < mean.Length; i++)
            mean[i] += gain[i] * innovation / variance;
        covariance.Downdate(gain, variance);
        step.Updates.Add(new ScalarUpdate(side, gain, variance, innovation));
    }

    /// <summary>The area's value at the newest step, from everything told so far.</summary>
    public Moments Current()
    {
        var step = History[^1];
        return new Moments(level + step.Observe(mean, Side.Inside), step.Observe(step.Observe(covariance, Side.Inside), Side.Inside));
    }

    static double[] Variances(Quantity quantity, AreaSpread spread)
    {
        var parameters = ProcessParameters.Of(quantity);
        var slow = ProcessParameters.LevelSpread * quantity.PriorDeviation;
        var city = parameters.CityDeviation * parameters.CityDeviation;
        var daily = parameters.DailyWaveDeviation * parameters.DailyWaveDeviation;
        var halfDaily = parameters.HalfDailyWaveDeviation * parameters.HalfDailyWaveDeviation;
        return
        [
            slow * slow, city, daily, daily, halfDaily, halfDaily,
            spread.Inside.Offset, spread.Inside.Local, spread.Outside.Offset, spread.Outside.Local,
        ];
    }
}
