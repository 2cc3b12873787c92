using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the clipping of a day's residuals does to an area's sum, followed with a few imagined households: the expected response to a
/// residual, given how much of the norm budget has probably been used up since midnight.
/// </summary>
/// <remarks>
/// <para>A household's demand is the sum of its squared weighted residuals since midnight. While it is below the budget, what is left
/// limits
/// the next residual; once it is above, the household is silent until midnight. Households run dry at different times, so the demand is
/// followed as a distribution: by lasting difference from the area's mean (three cohorts), by how far the estimates of the
/// day may be off (three scenarios), and by chance within a household.</para>
/// <para>All is predicted from estimates; nothing here is known about any real household. See docs/estimation.md, "Clipping".</para>
/// </remarks>
sealed class HouseholdDay
{
    /// <summary>The expected share of the hours for which an active owner has a value.</summary>
    public const double Presence = 0.96;

    /// <summary>
    /// How much of an error of the present estimate was already there in the hours that the budget went into: a correlation.
    /// </summary>
    const double Persistence = 0.5;

    // Three-point Gauss-Hermite quadrature.
    static readonly double[] Nodes = [-Math.Sqrt(3), 0, Math.Sqrt(3)];
    static readonly double[] Weights = [1.0 / 6, 2.0 / 3, 1.0 / 6];

    readonly ReleasePlan plan;
    readonly double budget;
    readonly double[,,,] demand;
    readonly double[,,] chance;

    public HouseholdDay(ReleasePlan plan)
    {
        this.plan = plan;
        var activity = (double)plan.ActivityWeight / plan.Grid;
        budget = Math.Max(0, 1 - activity * activity);
        demand = new double[plan.Areas.Length, plan.Quantities.Length, Nodes.Length, Nodes.Length];
        chance = new double[plan.Areas.Length, plan.Quantities.Length, Nodes.Length];
    }

    /// <summary>
    /// What the mean over an area's active owners of the released residuals is expected to be, as a function of the true residual.
    /// </summary>
    /// <param name="area">The release area's number in the plan.</param>
    /// <param name="quantity">The quantity's number in the plan.</param>
    /// <param name="expected">
    /// The residual expected before the measurement. A truth far from it has probably been far all day and cost more.
    /// </param>
    public Func<double, double> Response(int area, int quantity, Moments expected)
    {
        var (bias, variation) = Spread(quantity);
        var planned = plan.Quantities[quantity];
        var elsewhere = Elsewhere(area, quantity);
        var deviation = Math.Sqrt(expected.Variance);
        return residual =>
        {
            var scenario = Persistence * (residual - expected.Mean) / deviation;
            var sum = 0.0;
            for (var node = 0; node < Nodes.Length; node++)
            {
                var own = Demand(area, quantity, node, scenario);
                var (mean, variance) = (own.Mean + elsewhere.Mean, own.Variance + elsewhere.Variance);
                // A log-normal variable of this mean and variance: demand is positive and skewed.
                var logVariance = mean > 0 ? Math.Log(1 + variance / (mean * mean)) : 0;
                for (var point = 0; point < Nodes.Length; point++)
                {
                    var left = budget - mean * Math.Exp(Math.Sqrt(logVariance) * Nodes[point] - 0.5 * logVariance);
                    if (left > 0)
                    {
                        var limit = Math.Min(planned.Cap, Math.Sqrt(left) / planned.Weight);
                        sum += Weights[node] * Weights[point] * ClippedNormal.Mean(residual + bias * Nodes[node], variation, limit);
                    }
                }
            }
            return Presence * sum;
        };
    }

    /// <summary>Books what the cohorts have probably demanded in an hour whose residual is estimated.</summary>
    public void Spend(int area, int quantity, double residual, double residualVariance)
    {
        var (bias, variation) = Spread(quantity);
        var planned = plan.Quantities[quantity];
        var scale = planned.Weight * planned.Weight;
        var deviation = Math.Sqrt(residualVariance);
        for (var node = 0; node < Nodes.Length; node++)
        {
            var scattered = 0.0;
            for (var scenario = 0; scenario < Nodes.Length; scenario++)
            {
                var mean = residual + bias * Nodes[node] + deviation * Nodes[scenario];
                var square = ClippedNormal.Square(mean, variation, planned.Cap);
                demand[area, quantity, node, scenario] += Presence * scale * square;
                // The variance of the square of a normal variable; a capped one varies less.
                var variance = Math.Min(2 * variation * variation * (variation * variation + 2 * mean * mean), square * square);
                scattered += Weights[scenario] * (Presence * variance + Presence * (1 - Presence) * square * square);
            }
            chance[area, quantity, node] += scale * scale * scattered;
        }
    }

    (double Bias, double Variation) Spread(int quantity)
    {
        var parameters = ProcessParameters.Of(plan.Quantities[quantity].Quantity);
        return (parameters.HouseholdBias, parameters.HouseholdVariation);
    }

    /// <summary>What an average household has demanded for the other quantities.</summary>
    Moments Elsewhere(int area, int quantity)
    {
        double total = 0, totalVariance = 0;
        for (var other = 0; other < plan.Quantities.Length; other++)
        {
            if (other == quantity)
                continue;
            double mean = 0, square = 0;
            for (var node = 0; node < Nodes.Length; node++)
            {
                for (var scenario = 0; scenario < Nodes.Length; scenario++)
                {
                    var demanded = demand[area, other, node, scenario];
                    mean += Weights[node] * Weights[scenario] * demanded;
                    square += Weights[node] * Weights[scenario] * demanded * demanded;
                }
                square += Weights[node] * chance[area, other, node];
            }
            total += mean;
            totalVariance += Math.Max(0, square - mean * mean);
        }
        return new Moments(total, totalVariance);
    }

    /// <summary>What one cohort has demanded for a quantity if the estimates of the day were off by so many standard deviations.</summary>
    Moments Demand(int area, int quantity, int node, double scenario)
    {
        // Squares of residuals: a parabola through the three scenarios followed.
        var (low, middle, high) = (demand[area, quantity, node, 0], demand[area, quantity, node, 1], demand[area, quantity, node, 2]);
        var slope = (high - low) / (2 * Nodes[2]);
        var curvature = (high + low - 2 * middle) / (2 * Nodes[2] * Nodes[2]);
        // What persists is the scenario; the rest of each hour's error is new.
        var fresh = 1 - Persistence * Persistence;
        var mean = middle + slope * scenario + curvature * (scenario * scenario + fresh);
        var variance = fresh * (slope + 2 * curvature * scenario) * (slope + 2 * curvature * scenario) + 2 * fresh * fresh * curvature * curvature;
        return new Moments(Math.Max(mean, 0), variance + chance[area, quantity, node]);
    }
}
