namespace CivicSense.Estimation;

/// <summary>How likely a history is under some parameters.</summary>
/// <param name="replay">The history.</param>
/// <remarks>
/// A composite likelihood (Lindsay 1988; Varin, Reid and Firth 2011) of what the filter of each area that leads makes of the stations, its
/// surroundings and itself. All areas see the same weather, so what stations and surroundings say counts once, as the mean over the areas:
/// counted once for each, it would drown the prior where noise is larger than signal. What an area says of itself when those have spoken
/// is its own, and is added up.
/// </remarks>
sealed class CompositeLikelihood(FitReplay replay)
{
    /// <summary>
    /// How many times more than those of normal and independent ones the sum of the squared hourly changes of real air varies, outliers
    /// tamed, less 1: they come in bursts (see docs/estimation.md, "Parameters").
    /// </summary>
    const double Bursts = 6;

    /// <summary>Every measurement is used twice: as what an area says of itself, and pooled in what surrounds the others.</summary>
    const double Uses = 2;

    /// <summary>By area and <see cref="Signal"/>, what one measurement counts for beside the prior.</summary>
    readonly double[][] worth = [.. replay.Areas.Select(_ => new double[] { 1, 1, 1 })];

    /// <summary>
    /// Lets every measurement count for what it is worth under these parameters. Likelihoods whose measurements count for different
    /// amounts cannot be compared.
    /// </summary>
    public void Weigh(ModelParameters parameters) => Parallel.For(0, worth.Length, area => worth[area] = Worth(parameters, area));

    /// <summary>What one measurement of an area's own counts for.</summary>
    public double OwnWorth(int area) => worth[area][(int)Signal.Inside] / Uses;

    /// <summary>The logarithm of the likelihood.</summary>
    /// <param name="parameters">The parameters to try.</param>
    /// <param name="excess">
    /// How many times the variance of the measurements is what they say. They are straight lines through what is curved, and scatter more
    /// where few households measured. Fitted beside the parameters and then forgotten: without it that scatter passes for weather.
    /// </param>
    public double Of(ModelParameters parameters, double excess = 1)
    {
        var sums = new double[replay.Leading];
        Parallel.For(0, sums.Length, area => sums[area] = Of(parameters, excess, area));
        return sums.Sum();
    }

    double Of(ModelParameters parameters, double excess, int area)
    {
        var (sums, counts) = (new double[worth[area].Length], worth[area]);
        replay.Run(parameters, excess, area, (filter, signal, measured) => sums[(int)signal] += filter.Update(signal, measured));
        double Weighed(Signal signal) => counts[(int)signal] * sums[(int)signal];
        // Of the differences between k areas k - 1 are free.
        var own = Math.Max(1, replay.Leading - 1) * Weighed(Signal.Inside);
        return (Weighed(Signal.Station) + Weighed(Signal.Outside) + own) / (Uses * replay.Leading);
    }

    /// <summary>
    /// What a measurement counts for, by signal. A normal likelihood takes hourly changes for independent and normal. Noise is; air is not,
    /// and says less about a deviation by as much as its squares vary more: with a share s of an innovation's variance, 1 + 6 s^2 times.
    /// </summary>
    double[] Worth(ModelParameters parameters, int area)
    {
        var (sums, counts) = (new double[worth[area].Length], new int[worth[area].Length]);
        replay.Run(parameters, excess: 1, area, (filter, signal, measured) =>
        {
            var air = filter.Current(signal).Variance;
            var share = air / (air + measured.Variance);
            sums[(int)signal] += 1 / (1 + Bursts * share * share);
            counts[(int)signal]++;
            filter.Update(signal, measured);
        });
        return [.. sums.Zip(counts, (sum, count) => count == 0 ? 1 : sum / count)];
    }
}
