using System.Collections.Immutable;
using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>Finds the parameters under which the released values are most likely, not too far from those that were expected.</summary>
/// <remarks>
/// A composite likelihood (Lindsay 1988; Varin, Reid and Firth 2011) of what each area's own filter makes of the stations, its surroundings
/// and itself, with a log-normal prior on every parameter. All areas see the same weather, so what stations and surroundings say counts
/// once, as the mean over the areas: counted once for each, it would drown the prior where noise is larger than signal. What an area says
/// of itself when those have spoken is its own, and is added up. Nelder and Mead's simplex finds the maximum.
/// </remarks>
sealed class ParameterFit
{
    /// <summary>Less than two weeks say little about days.</summary>
    public const int LeastHours = 14 * 24;

    const int MostEvaluations = 300;

    /// <summary>
    /// The prior's deviations of the logarithms, in the order of <see cref="Vector"/>: as cities differ, which is by more than the years of
    /// one do. What happens within hours shows in months of data; what lasts hardly does, and is held closer. The last is that of the
    /// measurements' excess variance, see <see cref="LogLikelihood(ModelParameters, double)"/>: the noise of a release is known.
    /// </summary>
    static readonly double[] PriorSpreads = [0.5, 0.5, 0.5, 0.4, 0.6, 0.6, 0.5, 0.5, 0.6, 0.6, 0.6, 0.02];

    /// <summary>
    /// How many times more than those of normal and independent ones the sum of the squared hourly changes of real air varies, outliers
    /// tamed, less 1: they come in bursts (see docs/estimation.md, "Parameters").
    /// </summary>
    const double Bursts = 6;

    /// <summary>Every measurement is used twice: as what an area says of itself, and pooled in what surrounds the others.</summary>
    const double Uses = 2;

    readonly Quantity quantity;
    readonly FitReplay replay;
    readonly int leading;

    /// <summary>By area and <see cref="Signal"/>, what one measurement counts for beside the prior.</summary>
    readonly double[][] worth;

    public ParameterFit(Quantity quantity, FitHistory history, StateLayout layout)
    {
        this.quantity = quantity;
        replay = new FitReplay(quantity, history, layout);
        leading = replay.Leading;
        worth = [.. replay.Areas.Select(_ => new double[] { 1, 1, 1 })];
    }

    /// <summary>Improves on some parameters. Deterministic.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ModelParameters Run(ModelParameters start, CancellationToken cancellationToken)
    {
        Parallel.For(0, worth.Length, area => worth[area] = Worth(start, area));
        var prior = Vector(ModelParameters.Prior(quantity), excess: 1);
        var spreads = Vector<double>.Build.Dense(PriorSpreads);
        var best = (Parameters: start, Value: double.PositiveInfinity);
        var evaluations = 0;
        var objective = ObjectiveFunction.Value(point =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = Parameters(start, point);
            var distance = (point - prior).PointwiseDivide(spreads);
            var value = 0.5 * distance.DotProduct(distance) - LogLikelihood(candidate, Math.Exp(point[point.Count - 1]));
            // Parameters so far out that arithmetic fails are as unlikely as can be.
            if (!double.IsFinite(value))
                value = double.MaxValue;
            if (value < best.Value)
                best = (candidate, value);
            // What has been found is kept; more evaluations would improve what is smaller than its own uncertainty.
            return ++evaluations <= MostEvaluations ? value : throw new MaximumIterationsException("enough");
        });
        try
        {
            NelderMeadSimplex.Minimum(
                objective, Vector(start, excess: 1), spreads / 2, convergenceTolerance: 1e-6, maximumIterations: 4 * MostEvaluations);
        }
        catch (MaximumIterationsException)
        {
        }
        return WithAreaFactors(best.Parameters, cancellationToken);
    }

    /// <summary>
    /// How much farther or less far each area lies from the city, found beside the parameters that all share. Also of areas that do not
    /// lead: that costs each of them a few replays, where what is shared takes hundreds.
    /// </summary>
    ModelParameters WithAreaFactors(ModelParameters shared, CancellationToken cancellationToken)
    {
        // One area alone cannot be told from the city.
        if (leading < 2)
            return shared;
        var factors = new double[replay.Areas.Count];
        Parallel.For(
            0, factors.Length, new ParallelOptions { CancellationToken = cancellationToken },
            area => factors[area] = new AreaFactorFit(replay, area, worth[area][(int)Signal.Inside] / Uses).Run(shared));
        return shared with
        {
            AreaFactors = replay.Areas.Zip(factors).ToImmutableSortedDictionary(pair => pair.First, pair => pair.Second),
        };
    }

    /// <summary>The composite log-likelihood of the history.</summary>
    /// <param name="parameters">The parameters to try.</param>
    /// <param name="excess">
    /// How many times the variance of the measurements is what they say. They are straight lines through what is curved, and scatter more
    /// where few households measured. Fitted beside the parameters and then forgotten: without it that scatter passes for weather.
    /// </param>
    public double LogLikelihood(ModelParameters parameters, double excess = 1)
    {
        var sums = new double[leading];
        Parallel.For(0, sums.Length, area => sums[area] = LogLikelihood(parameters, excess, area));
        return sums.Sum();
    }

    double LogLikelihood(ModelParameters parameters, double excess, int area)
    {
        var (sums, counts) = (new double[worth[area].Length], worth[area]);
        replay.Run(parameters, excess, area, (filter, signal, measured) => sums[(int)signal] += filter.Update(signal, measured));
        double Weighed(Signal signal) => counts[(int)signal] * sums[(int)signal];
        // Of the differences between k areas k - 1 are free.
        var own = Math.Max(1, leading - 1) * Weighed(Signal.Inside);
        return (Weighed(Signal.Station) + Weighed(Signal.Outside) + own) / (Uses * leading);
    }

    /// <summary>
    /// What a measurement counts for, by signal. A normal likelihood takes hourly changes for independent and normal. Noise is; air is not,
    /// and says less about a deviation by as much as its squares vary more: with a share s of an innovation's variance, 1 + 6 s^2 times.
    /// Computed once, because likelihoods whose measurements count for different amounts cannot be compared.
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

    /// <summary>The logarithms of what is fitted.</summary>
    static Vector<double> Vector(ModelParameters parameters, double excess) => Vector<double>.Build.DenseOfArray(
    [
        Math.Log(parameters.CityDeviation), Math.Log(parameters.CityMemory), Math.Log(parameters.DailyWaveDeviation),
        Math.Log(parameters.OffsetDeviation),
        Math.Log(parameters.LocalDeviation), Math.Log(parameters.LocalMemory), Math.Log(parameters.SlowDeviation),
        Math.Log(parameters.SlowMemory),
        Math.Log(parameters.StationLocalDeviation), Math.Log(parameters.StationLocalMemory), Math.Log(parameters.WhiteDeviation),
        Math.Log(excess),
    ]);

    ModelParameters Parameters(ModelParameters start, Vector<double> point) => start with
    {
        CityDeviation = Math.Exp(point[0]),
        CityMemory = Math.Exp(point[1]),
        DailyWaveDeviation = Math.Exp(point[2]),
        HalfDailyWaveDeviation = Math.Exp(point[2])
            * ModelParameters.Prior(quantity).HalfDailyWaveDeviation / ModelParameters.Prior(quantity).DailyWaveDeviation,
        WeekendDeviation = Math.Exp(point[2])
            * ModelParameters.Prior(quantity).WeekendDeviation / ModelParameters.Prior(quantity).DailyWaveDeviation,
        OffsetDeviation = Math.Exp(point[3]),
        LocalDeviation = Math.Exp(point[4]),
        LocalMemory = Math.Exp(point[5]),
        SlowDeviation = Math.Exp(point[6]),
        SlowMemory = Math.Exp(point[7]),
        StationLocalDeviation = Math.Exp(point[8]),
        StationLocalMemory = Math.Exp(point[9]),
        WhiteDeviation = Math.Exp(point[10]),
    };
}
