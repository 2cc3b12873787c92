using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// Very many households of one area, drawn at random and taken through the clip of DESIGN section 4 one by one: what the imagined few must
/// agree with.
/// </summary>
/// <remarks>
/// A household measures air x exp(bias + drift + noise): bias 0.15, drift AR(1) 0.8 with 0.15, noise 0.10, and is heard in 97 of 100 hours.
/// </remarks>
sealed class ClippedHouseholds(ReleasePlan plan, int seed)
{
    const int Count = 20_000;

    readonly Random random = new(seed);
    readonly double[] left = Filled(1 - Math.Pow((double)plan.ActivityWeight / plan.Grid, 2));
    readonly double[,] biases = new double[plan.Quantities.Length, Count];
    readonly double[,] drifts = new double[plan.Quantities.Length, Count];
    bool begun;

    /// <summary>One hour: the mean over the households of what they contribute, for each quantity, in units of its model scale.</summary>
    /// <param name="window">The hour.</param>
    /// <param name="air">The air's value of each quantity, in its unit.</param>
    /// <param name="baselines">The public predictions, in their units.</param>
    public double[] Release(HourWindow window, double[] air, double[] baselines)
    {
        var sums = new double[plan.Quantities.Length];
        for (var household = 0; household < Count; household++)
        {
            for (var quantity = 0; quantity < sums.Length; quantity++)
            {
                Move(quantity, household);
                var present = random.NextDouble() < 0.97;
                var value = air[quantity] * Math.Exp(biases[quantity, household] + drifts[quantity, household] + 0.10 * random.Normal());
                if (present)
                    sums[quantity] += Contribute(window, quantity, household, value, baselines[quantity]) / Count;
            }
        }
        begun = true;
        return sums;
    }

    double Contribute(HourWindow window, int quantity, int household, double value, double baseline)
    {
        var planned = plan.Quantities[quantity];
        var residual = planned.Quantity.ToModelScale(value) - planned.Quantity.ToModelScale(baseline);
        var limit = Math.Sqrt(plan.Pace(quantity, window) * left[household]);
        var contribution = Math.Clamp(planned.Weight * Math.Clamp(residual, -planned.Cap, planned.Cap), -limit, limit);
        left[household] -= contribution * contribution;
        return contribution / planned.Weight;
    }

    void Move(int quantity, int household)
    {
        if (!begun)
        {
            biases[quantity, household] = 0.15 * random.Normal();
            drifts[quantity, household] = 0.15 * random.Normal();
        }
        else
        {
            drifts[quantity, household] = 0.8 * drifts[quantity, household] + 0.6 * 0.15 * random.Normal();
        }
    }

    static double[] Filled(double value)
    {
        var result = new double[Count];
        Array.Fill(result, value);
        return result;
    }
}
