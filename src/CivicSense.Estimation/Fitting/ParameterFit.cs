using System.Collections.Immutable;
using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>Finds the parameters under which the released values are most likely, not too far from those that were expected.</summary>
/// <remarks>
/// A <see cref="CompositeLikelihood"/> with a log-normal prior on every parameter. Nelder and Mead's simplex finds the maximum. Then comes
/// each area's factor (<see cref="AreaFactorFit"/>), and then the season's (<see cref="RoughnessFit"/>).
/// </remarks>
sealed class ParameterFit : IParameterFit
{
    /// <summary>Less than two weeks say little about days.</summary>
    public const int LeastHours = 14 * 24;

    const int MostEvaluations = 300;

    /// <summary>
    /// The prior's deviations of the logarithms, in the order of <see cref="Vector"/>: as cities differ, which is by more than the years of
    /// one do. What happens within hours shows in months of data; what lasts hardly does, and is held closer. The last is that of the
    /// measurements' excess variance, see <see cref="CompositeLikelihood.Of(ModelParameters, double)"/>: the noise of a release is known.
    /// </summary>
    static readonly double[] PriorSpreads = [0.5, 0.5, 0.5, 0.4, 0.6, 0.6, 0.5, 0.5, 0.6, 0.6, 0.6, 0.02];

    readonly Quantity quantity;
    readonly FitReplay replay;
    readonly CompositeLikelihood likelihood;
    readonly RoughnessFit roughness;

    public ParameterFit(Quantity quantity, FitHistory history, StateLayout layout)
    {
        this.quantity = quantity;
        replay = new FitReplay(quantity, history, layout);
        likelihood = new CompositeLikelihood(replay);
        roughness = new RoughnessFit(quantity, history, layout);
    }

    /// <inheritdoc/>
    public ModelParameters Run(ModelParameters current, CancellationToken cancellationToken)
    {
        var start = current with { Roughness = 1 };
        likelihood.Weigh(start);
        var prior = Vector(ModelParameters.Prior(quantity), excess: 1);
        var spreads = Vector<double>.Build.Dense(PriorSpreads);
        var best = (Parameters: start, Value: double.PositiveInfinity);
        var evaluations = 0;
        var objective = ObjectiveFunction.Value(point =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = Parameters(start, point);
            var distance = (point - prior).PointwiseDivide(spreads);
            var value = 0.5 * distance.DotProduct(distance) - likelihood.Of(candidate, Math.Exp(point[point.Count - 1]));
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
        return roughness.Run(WithAreaFactors(best.Parameters, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// How much farther or less far each area lies from the city, found beside the parameters that all share. Also of areas that do not
    /// lead: that costs each of them a few replays, where what is shared takes hundreds.
    /// </summary>
    ModelParameters WithAreaFactors(ModelParameters shared, CancellationToken cancellationToken)
    {
        // One area alone cannot be told from the city.
        if (replay.Leading < 2)
            return shared;
        var factors = new double[replay.Areas.Count];
        Parallel.For(
            0, factors.Length, new ParallelOptions { CancellationToken = cancellationToken },
            area => factors[area] = new AreaFactorFit(replay, area, likelihood.OwnWorth(area)).Run(shared));
        return shared with
        {
            AreaFactors = replay.Areas.Zip(factors).ToImmutableSortedDictionary(pair => pair.First, pair => pair.Second),
        };
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
