using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace CivicSense.Estimation;

/// <summary>Finds the parameters under which the released values are most likely, not too far from those that were expected.</summary>
/// <remarks>
/// A composite likelihood (Lindsay 1988; Varin, Reid and Firth 2011): the sum over some areas of what each area's own filter makes of
/// itself, its surroundings and the stations, with a log-normal prior on every parameter. Nelder and Mead's simplex finds the maximum.
/// </remarks>
sealed class ParameterFit
{
    /// <summary>Less than two weeks say little about days.</summary>
    public const int LeastHours = 14 * 24;

    const int MostEvaluations = 120;

    /// <summary>The prior's deviation of the logarithm of every parameter: about a factor of two and a half.</summary>
    const double PriorSpread = 0.9;

    readonly FitHistory history;
    readonly FitHour[] hours;
    readonly Quantity quantity;
    readonly StateLayout layout;

    public ParameterFit(Quantity quantity, FitHistory history, StateLayout layout)
    {
        (this.quantity, this.history, this.layout) = (quantity, history, layout);
        hours = [.. history.Hours];
    }

    /// <summary>Improves on some parameters. Deterministic.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ModelParameters Run(ModelParameters start, CancellationToken cancellationToken)
    {
        var prior = Vector(ModelParameters.Prior(quantity));
        var best = (Parameters: start, Value: double.PositiveInfinity);
        var evaluations = 0;
        var objective = ObjectiveFunction.Value(point =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = Parameters(start, point);
            var distance = (point - prior) / PriorSpread;
            var value = 0.5 * distance.DotProduct(distance) - LogLikelihood(candidate);
            if (value < best.Value)
                best = (candidate, value);
            // What has been found is kept; more evaluations would improve what is smaller than its own uncertainty.
            return ++evaluations <= MostEvaluations ? value : throw new MaximumIterationsException("enough");
        });
        try
        {
            var step = Vector<double>.Build.Dense(prior.Count, 0.25);
            NelderMeadSimplex.Minimum(objective, Vector(start), step, convergenceTolerance: 0.05, maximumIterations: 4 * MostEvaluations);
        }
        catch (MaximumIterationsException)
        {
        }
        return best.Parameters;
    }

    /// <summary>The composite log-likelihood of the history.</summary>
    public double LogLikelihood(ModelParameters parameters)
    {
        var sums = new double[history.Areas.Count];
        Parallel.For(0, sums.Length, area => sums[area] = LogLikelihood(parameters, area));
        return sums.Sum();
    }

    double LogLikelihood(ModelParameters parameters, int area)
    {
        AreaFilter? filter = null;
        var sum = 0.0;
        var last = default(FitHour);
        double[]? owners = null;
        var (spreads, outside) = (Array.Empty<Spread>(), Array.Empty<Share>());
        foreach (var hour in hours)
        {
            if (owners is null || !owners.AsSpan().SequenceEqual(hour.Owners))
            {
                owners = hour.Owners;
                spreads = Array.ConvertAll(owners, count => Spread.Of(parameters, count));
                outside = Outside(area, owners, spreads);
                var spread = new AreaSpread(spreads[area], outside.Length == 0 ? spreads[area] : Spread.OfMean(spreads, outside));
                if (filter is null)
                    filter = AreaFilter.Start(layout, quantity, parameters, spread);
                else
                    filter.Adopt(parameters, spread);
            }
            Advance(filter!, parameters, last, hour);
            if (layout.HasStations && history.StationsIn(hour.Window) is { } stations)
                sum += filter!.Update(Signal.Station, stations);
            if (Pool.Measure(outside, hour.Measured, spreads) is { } around)
                sum += filter!.Update(Signal.Outside, around);
            if (double.IsFinite(hour.Measured[area].Variance))
                sum += filter!.Update(Signal.Inside, hour.Measured[area]);
            last = hour;
        }
        return sum;
    }

    void Advance(AreaFilter filter, ModelParameters parameters, FitHour? last, FitHour hour)
    {
        var transition = new Transition(layout, parameters, last?.CityRow ?? hour.CityRow, last is null ? 1 : hour.Window.Index - last.Window.Index);
        filter.Advance(transition,
            [layout.Row(Signal.Inside, hour.CityRow), layout.Row(Signal.Outside, hour.CityRow), layout.HasStations ? layout.Row(Signal.Station, hour.CityRow) : []]);
    }

    /// <summary>All other areas, by the owners they have.</summary>
    static Share[] Outside(int area, double[] owners, Spread[] spreads)
    {
        var total = owners.Sum() - owners[area];
        return total <= 0 ? [] : [.. Enumerable.Range(0, spreads.Length).Where(other => other != area).Select(other => new Share(other, owners[other] / total))];
    }

    /// <summary>The logarithms of what is fitted.</summary>
    static Vector<double> Vector(ModelParameters parameters) => Vector<double>.Build.DenseOfArray(
    [
        Math.Log(parameters.CityDeviation), Math.Log(parameters.CityMemory), Math.Log(parameters.DailyWaveDeviation), Math.Log(parameters.OffsetDeviation),
        Math.Log(parameters.LocalDeviation), Math.Log(parameters.LocalMemory), Math.Log(parameters.SlowDeviation), Math.Log(parameters.SlowMemory),
    ]);

    ModelParameters Parameters(ModelParameters start, Vector<double> point) => start with
    {
        CityDeviation = Math.Exp(point[0]),
        CityMemory = Math.Exp(point[1]),
        DailyWaveDeviation = Math.Exp(point[2]),
        HalfDailyWaveDeviation = Math.Exp(point[2]) * ModelParameters.Prior(quantity).HalfDailyWaveDeviation / ModelParameters.Prior(quantity).DailyWaveDeviation,
        WeekendDeviation = Math.Exp(point[2]) * ModelParameters.Prior(quantity).WeekendDeviation / ModelParameters.Prior(quantity).DailyWaveDeviation,
        OffsetDeviation = Math.Exp(point[3]),
        LocalDeviation = Math.Exp(point[4]),
        LocalMemory = Math.Exp(point[5]),
        SlowDeviation = Math.Exp(point[6]),
        SlowMemory = Math.Exp(point[7]),
    };
}
