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

    const int MostEvaluations = 250;

    /// <summary>
    /// The prior's deviations of the logarithms, in the order of <see cref="Vector"/>: as cities differ, which is by more than the years of
    /// one do. What happens within hours shows in months of data; what lasts hardly does, and is held closer. The last is that of the
    /// measurements' excess variance, see <see cref="LogLikelihood(ModelParameters, double)"/>.
    /// </summary>
    static readonly double[] PriorSpreads = [0.5, 0.5, 0.5, 0.4, 0.6, 0.6, 0.5, 0.5, 0.6, 0.5];

    /// <summary>
    /// What an hour counts for beside the prior. A normal likelihood takes hourly changes for independent and normal. Those of real air
    /// come in bursts: the sum of their squares, outliers tamed, varies some seven times as much, and says that much less about a deviation
    /// (see docs/estimation.md, "Parameters").
    /// </summary>
    const double HourWorth = 1.0 / 7;

    readonly FitHour[] hours;
    readonly Moments?[] stations;
    readonly int areas;
    readonly Quantity quantity;
    readonly StateLayout layout;
    readonly Moments?[][] outside;

    public ParameterFit(Quantity quantity, FitHistory history, StateLayout layout)
    {
        (this.quantity, this.layout) = (quantity, layout);
        hours = [.. history.Hours];
        // A copy, because the history goes on while the fit runs elsewhere.
        stations = Array.ConvertAll(hours, hour => history.StationsIn(hour.Window));
        areas = history.Areas.Count;
        outside = [.. Enumerable.Range(0, areas).Select(Outside)];
    }

    /// <summary>Improves on some parameters. Deterministic.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ModelParameters Run(ModelParameters start, CancellationToken cancellationToken)
    {
        var prior = Vector(ModelParameters.Prior(quantity), excess: 1);
        var spreads = Vector<double>.Build.Dense(PriorSpreads);
        var best = (Parameters: start, Value: double.PositiveInfinity);
        var evaluations = 0;
        var objective = ObjectiveFunction.Value(point =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var candidate = Parameters(start, point);
            var distance = (point - prior).PointwiseDivide(spreads);
            var value = 0.5 * distance.DotProduct(distance) - HourWorth * LogLikelihood(candidate, Math.Exp(point[point.Count - 1]));
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
            var step = Vector<double>.Build.Dense(prior.Count, 0.25);
            NelderMeadSimplex.Minimum(
                objective, Vector(start, excess: 1), step, convergenceTolerance: 1e-6, maximumIterations: 4 * MostEvaluations);
        }
        catch (MaximumIterationsException)
        {
        }
        return best.Parameters;
    }

    /// <summary>The composite log-likelihood of the history.</summary>
    /// <param name="parameters">The parameters to try.</param>
    /// <param name="excess">
    /// How many times the variance of the measurements is what they say. They are straight lines through what is curved, and scatter more
    /// where few households measured. Fitted beside the parameters and then forgotten: without it that scatter passes for weather.
    /// </param>
    public double LogLikelihood(ModelParameters parameters, double excess = 1)
    {
        var sums = new double[areas];
        Parallel.For(0, sums.Length, area => sums[area] = LogLikelihood(parameters, excess, area));
        return sums.Sum();
    }

    double LogLikelihood(ModelParameters parameters, double excess, int area)
    {
        AreaFilter? filter = null;
        var (common, own) = (0.0, 0.0);
        var last = default(FitHour);
        for (var index = 0; index < hours.Length; index++)
        {
            var hour = hours[index];
            if (last is null || !last.Owners.AsSpan().SequenceEqual(hour.Owners))
            {
                var spread = SpreadOf(parameters, area, hour.Owners);
                filter ??= AreaFilter.Start(layout, quantity, parameters, spread);
                filter.Adopt(parameters, spread);
            }
            Advance(filter!, parameters, last, hour);
            if (layout.HasStations && stations[index] is { } pooled)
                common += filter!.Update(Signal.Station, pooled);
            if (outside[area][index] is { } around)
                common += filter!.Update(Signal.Outside, around with { Variance = excess * around.Variance });
            if (double.IsFinite(hour.Measured[area].Variance))
                own += filter!.Update(Signal.Inside, hour.Measured[area] with { Variance = excess * hour.Measured[area].Variance });
            last = hour;
        }
        // Of the differences between k areas k - 1 are free.
        return (common + Math.Max(1, areas - 1) * own) / areas;
    }

    void Advance(AreaFilter filter, ModelParameters parameters, FitHour? last, FitHour hour)
    {
        var transition =
            new Transition(layout, parameters, last?.CityRow ?? hour.CityRow, last is null ? 1 : hour.Window.Index - last.Window.Index);
        filter.Advance(transition,
            [layout.Row(Signal.Inside, hour.CityRow), layout.Row(Signal.Outside, hour.CityRow),
                layout.HasStations ? layout.Row(Signal.Station, hour.CityRow) : []]);
    }

    /// <summary>
    /// What all other areas say together in every hour. Pooled with the prior's weights whatever is tried: parameters can only be compared
    /// by how well they explain the same data.
    /// </summary>
    Moments?[] Outside(int area)
    {
        var prior = ModelParameters.Prior(quantity);
        return Array.ConvertAll(hours, hour => Pool.Measure(
            Others(area, hour.Owners), hour.Measured, Array.ConvertAll(hour.Owners, count => Spread.Of(prior, count))));
    }

    static AreaSpread SpreadOf(ModelParameters parameters, int area, double[] owners)
    {
        var spreads = Array.ConvertAll(owners, count => Spread.Of(parameters, count));
        var others = Others(area, owners);
        return new AreaSpread(spreads[area], others.Length == 0 ? spreads[area] : Spread.OfMean(spreads, others));
    }

    /// <summary>All other areas, by the owners they have.</summary>
    static Share[] Others(int area, double[] owners)
    {
        var total = owners.Sum() - owners[area];
        return total <= 0
            ? []
            : [.. Enumerable.Range(0, owners.Length)
            .Where(other => other != area).Select(other => new Share(other, owners[other] / total))];
    }

    /// <summary>The logarithms of what is fitted.</summary>
    static Vector<double> Vector(ModelParameters parameters, double excess) => Vector<double>.Build.DenseOfArray(
    [
        Math.Log(parameters.CityDeviation), Math.Log(parameters.CityMemory), Math.Log(parameters.DailyWaveDeviation),
        Math.Log(parameters.OffsetDeviation),
        Math.Log(parameters.LocalDeviation), Math.Log(parameters.LocalMemory), Math.Log(parameters.SlowDeviation),
        Math.Log(parameters.SlowMemory),
        Math.Log(parameters.StationLocalDeviation), Math.Log(excess),
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
    };
}
