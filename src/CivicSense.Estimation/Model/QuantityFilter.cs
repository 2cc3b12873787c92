using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The forward Kalman filter of one quantity: all areas together, on the model scale, hour by hour.</summary>
sealed class QuantityFilter
{
    readonly ProcessParameters parameters;
    StateLayout layout;
    double[] mean;
    SymmetricMatrix covariance;
    OwnerCount[] counts;

    public QuantityFilter(Quantity quantity, ReleasePlan plan, HourWindow first, OwnerCount[] owners)
    {
        Quantity = quantity;
        parameters = ProcessParameters.Of(quantity);
        Level = quantity.ToModelScale(quantity.PriorMean);
        layout = LayoutOf(plan);
        mean = new double[layout.Dimension];
        covariance = new SymmetricMatrix(layout.Dimension);
        counts = owners;
        var variances = StationaryVariances(owners);
        for (var i = 0; i < variances.Length; i++)
            covariance.AddToDiagonal(i, variances[i]);
        Last = new HourWindow(first.Index - 1);
    }

    public Quantity Quantity { get; }

    /// <summary>The newest hour that the state has reached.</summary>
    public HourWindow Last { get; private set; }

    /// <summary>The prior mean on the model scale: the state holds deviations from it.</summary>
    public double Level { get; }

    /// <summary>The hours that may still be smoothed, oldest first, without a gap of less than <see cref="LongestBridge"/>.</summary>
    public List<FilterStep> History { get; } = [];

    /// <summary>Longer gaps are crossed in one step; nothing is estimated inside them.</summary>
    const int LongestBridge = 48;

    public static double PriorPrediction(Quantity quantity) => quantity.FromModelScale(quantity.ToModelScale(quantity.PriorMean));

    /// <summary>Predicts every area of a plan for a later window, without changing anything.</summary>
    public double[] Predict(ReleasePlan plan, HourWindow window, TimeZoneInfo zone)
    {
        var target = LayoutOf(plan);
        var state = SameAreas(target) ? [.. mean] : LayoutChange.Between(layout, target).Apply(mean);
        var retention = Retention(target, Math.Max(0, window.Index - Last.Index));
        for (var i = 0; i < state.Length; i++)
            state[i] *= retention[i];

        var row = StateLayout.CityRow(window, zone);
        var result = new double[target.Areas.Length];
        for (var area = 0; area < result.Length; area++)
        {
            result[area] = Level + state[StateLayout.Offset(area)] + state[StateLayout.Local(area)];
            for (var component = 0; component < row.Length; component++)
                result[area] += row[component] * state[component];
        }
        return result;
    }

    /// <summary>Moves on to <paramref name="window"/>, hour by hour where the gap can be bridged. Returns its step, ready for updates.</summary>
    /// <remarks><paramref name="planOf"/> names the plan that covers an hour of the gap, if any.</remarks>
    public FilterStep Advance(
        ReleasePlan plan, HourWindow window, TimeZoneInfo zone, OwnerCount[] owners, Func<HourWindow, ReleasePlan?> planOf)
    {
        if (window.Index - Last.Index <= LongestBridge)
        {
            while (Last.Index + 1 < window.Index)
            {
                var covering = planOf(Last.Next);
                Step(covering, Last.Next, zone, ReferenceEquals(covering, plan) ? owners : counts);
            }
        }
        return Step(plan, window, zone, owners);
    }

    /// <summary>Conditions on one area's new mean and variance: moment matching along the one direction that the measurement sees.</summary>
    public void Update(FilterStep step, int area, Func<double, double, (double Mean, double Variance)> posterior)
    {
        var gain = step.Observe(covariance, area);
        var prior = step.Observe(gain, area);
        var value = Level + step.Observe(mean, area);
        var (newValue, newVariance) = posterior(value, prior);

        // A measurement never adds variance here: at a saturated response the exact moments may, by a little.
        var removed = Math.Max(prior - newVariance, 1e-4 * prior);
        var variance = prior * prior / removed;
        var innovation = (newValue - value) * variance / prior;
        for (var i = 0; i < mean.Length; i++)
            mean[i] += gain[i] * innovation / variance;
        covariance.Downdate(gain, variance);
        step.Updates.Add(new ScalarUpdate(area, gain, variance, innovation));
    }

    /// <summary>The filtered values of all areas at the newest step.</summary>
    public AreaMoments Filtered() => History[^1].Moments(mean, covariance, Level);

    FilterStep Step(ReleasePlan? plan, HourWindow window, TimeZoneInfo zone, OwnerCount[] owners)
    {
        LayoutChange? change = null;
        if (plan is not null && LayoutOf(plan) is var target && !SameAreas(target))
        {
            change = LayoutChange.Between(layout, target);
            mean = change.Apply(mean);
            covariance = change.Apply(covariance);
            layout = target;
        }

        var hours = window.Index - Last.Index;
        var retention = Retention(layout, hours);
        counts = owners;
        var variances = StationaryVariances(counts);
        if (change is not null)
            Widen(change, variances);
        for (var i = 0; i < mean.Length; i++)
            mean[i] *= retention[i];
        covariance.Scale(retention);
        for (var i = 0; i < mean.Length; i++)
            covariance.AddToDiagonal(i, variances[i] * (1 - retention[i] * retention[i]));

        Last = window;
        var step = new FilterStep
        {
            Window = window, Plan = plan, Layout = layout, CityRow = StateLayout.CityRow(window, zone), Change = change,
            Retention = retention, PredictedMean = [.. mean], PredictedCovariance = covariance.Copy(), Owners = counts,
        };
        History.Add(step);
        return step;
    }

    /// <summary>What is new starts from its relatives with the full spread between areas on top.</summary>
    void Widen(LayoutChange change, double[] variances)
    {
        for (var area = 0; area < change.Known.Length; area++)
        {
            if (change.Known[area])
                continue;
            covariance.AddToDiagonal(StateLayout.Offset(area), variances[StateLayout.Offset(area)]);
            covariance.AddToDiagonal(StateLayout.Local(area), variances[StateLayout.Local(area)]);
        }
    }

    bool SameAreas(StateLayout other) => layout.Areas.AsSpan().SequenceEqual(other.Areas.AsSpan());

    static StateLayout LayoutOf(ReleasePlan plan) => new([.. plan.Areas.Select(planned => planned.Area)]);

    double[] Retention(StateLayout target, long hours)
    {
        var result = new double[target.Dimension];
        result[0] = Math.Pow(parameters.LevelRetention, hours);
        result[1] = Math.Pow(parameters.CityRetention, hours);
        result.AsSpan(2, 4).Fill(Math.Pow(parameters.WaveRetention, hours));
        var offset = Math.Pow(parameters.OffsetRetention, hours);
        var local = Math.Pow(parameters.LocalRetention, hours);
        for (var area = 0; area < target.Areas.Length; area++)
        {
            result[StateLayout.Offset(area)] = offset;
            result[StateLayout.Local(area)] = local;
        }
        return result;
    }

    /// <summary>The components' long-run variances. An area's own components include what the mean over its few households adds.</summary>
    double[] StationaryVariances(OwnerCount[] owners)
    {
        var result = new double[StateLayout.CityComponents + 2 * owners.Length];
        result[0] = Quantity.PriorDeviation * Quantity.PriorDeviation;
        result[1] = parameters.CityDeviation * parameters.CityDeviation;
        result[2] = result[3] = parameters.DailyWaveDeviation * parameters.DailyWaveDeviation;
        result[4] = result[5] = parameters.HalfDailyWaveDeviation * parameters.HalfDailyWaveDeviation;
        for (var area = 0; area < owners.Length; area++)
        {
            var count = owners[area].Mean;
            result[StateLayout.Offset(area)] =
                parameters.OffsetDeviation * parameters.OffsetDeviation + parameters.HouseholdBias * parameters.HouseholdBias / count;
            result[StateLayout.Local(area)] =
                parameters.LocalDeviation * parameters.LocalDeviation + parameters.HouseholdVariation * parameters.HouseholdVariation / count;
        }
        return result;
    }
}
