using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the clipping of a day's residuals does to an area's sum, followed with a few imagined households: the expected response to a
/// residual, given how much of the norm budget has probably been used up since midnight.
/// </summary>
/// <remarks>
/// Each cohort stands for the households with one lasting difference from the area's mean (five-point Gauss-Hermite quadrature). Their
/// spending is predicted from estimates only; nothing here is known about any real household. See docs/estimation.md, "Clipping".
/// </remarks>
sealed class HouseholdDay
{
    /// <summary>The expected share of the hours for which an active owner has a value.</summary>
    public const double Presence = 0.96;

    static readonly double[] Nodes = [-2.8569700138728056, -1.3556261799742659, 0, 1.3556261799742659, 2.8569700138728056];
    static readonly double[] Weights = [0.011257411327720691, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.011257411327720691];

    readonly ReleasePlan plan;
    readonly double budget;
    readonly double[,,] spent;

    public HouseholdDay(ReleasePlan plan)
    {
        this.plan = plan;
        var activity = (double)plan.ActivityWeight / plan.Grid;
        budget = Math.Max(0, 1 - activity * activity);
        spent = new double[plan.Areas.Length, plan.Quantities.Length, Nodes.Length];
    }

    public PrivacyDay Day => plan.Day;

    /// <summary>What the mean over an area's active owners of the released residuals is expected to be, as a function of the true residual.</summary>
    public Func<double, double> Response(int area, int quantity)
    {
        var (bias, variation) = Spread(quantity);
        var limits = Limits(area, quantity);
        return residual =>
        {
            var sum = 0.0;
            for (var node = 0; node < Nodes.Length; node++)
            {
                if (limits[node] > 0)
                    sum += Weights[node] * ClippedNormal.Moments(residual + bias * Nodes[node], variation, limits[node]).Mean;
            }
            return Presence * sum;
        };
    }

    /// <summary>Books what the cohorts have probably spent in an hour whose residual is estimated.</summary>
    public void Spend(int area, int quantity, double residual, double residualVariance)
    {
        var (bias, variation) = Spread(quantity);
        var limits = Limits(area, quantity);
        var weight = plan.Quantities[quantity].Weight;
        var deviation = Math.Sqrt(variation * variation + residualVariance);
        for (var node = 0; node < Nodes.Length; node++)
        {
            if (limits[node] > 0)
            {
                spent[area, quantity, node] += Presence * weight * weight
                    * ClippedNormal.Moments(residual + bias * Nodes[node], deviation, limits[node]).Square;
            }
        }
    }

    (double Bias, double Variation) Spread(int quantity)
    {
        var parameters = ProcessParameters.Of(plan.Quantities[quantity].Quantity);
        return (parameters.HouseholdBias, parameters.HouseholdVariation);
    }

    /// <summary>The largest residual that each cohort can still show: its cap, or what is left of its budget.</summary>
    double[] Limits(int area, int quantity)
    {
        var planned = plan.Quantities[quantity];
        var elsewhere = 0.0;
        for (var other = 0; other < plan.Quantities.Length; other++)
        {
            if (other == quantity)
                continue;
            for (var node = 0; node < Nodes.Length; node++)
                elsewhere += Weights[node] * spent[area, other, node];
        }
        var limits = new double[Nodes.Length];
        for (var node = 0; node < Nodes.Length; node++)
        {
            var left = budget - elsewhere - spent[area, quantity, node];
            limits[node] = left <= 0 ? 0 : Math.Min(planned.Cap, Math.Sqrt(left) / planned.Weight);
        }
        return limits;
    }
}
