using CivicSense.Commons;
using MathNet.Numerics.Distributions;

namespace CivicSense.Estimation;

/// <summary>
/// What the clipping of a day's residuals does to an area's sum, followed with a few imagined households: each has a difference from its
/// neighbours and a norm budget, and goes through the same clip as a real one.
/// </summary>
/// <remarks>
/// All is computed from public constants and estimates; nothing here is known about any real household. The differences are quantiles
/// of normal distributions in a fixed order, so the same releases always give the same estimates. See docs/estimation.md, "Clipping".
/// </remarks>
sealed class ImaginedHouseholds
{
    /// <summary>The expected share of the hours for which an active owner has a value.</summary>
    public const double Presence = 0.97;

    const int Count = 32;

    /// <summary>How much of an hour's difference, and of an hour's error of the estimates, is still there an hour later.</summary>
    const double Persistence = 0.7;

    /// <summary>Multiplying by an odd number permutes the numbers below a power of two: every quantity has an order of its own.</summary>
    static readonly int[] Orders = [1, 13, 5, 19, 11, 27, 21, 29];

    static readonly double[] Quantiles = [.. Enumerable.Range(0, 1024).Select(i => Normal.InvCDF(0, 1, (i + 0.5) / 1024))];

    /// <summary>
    /// How far what a household has spent may be from what its imagined one has, as a share: estimates err for hours, and more or fewer
    /// are active than is believed. See docs/decisions/0027-imagined-budgets.md.
    /// </summary>
    const double SpentDoubt = 0.5;

    readonly ReleasePlan plan;
    readonly double begun;
    readonly double[] left;
    readonly double[] leftBefore;
    readonly double[,] variation;
    readonly double[] estimateError = new double[Count];
    readonly double[] paces;
    int hour;

    public ImaginedHouseholds(ReleasePlan plan)
    {
        this.plan = plan;
        var activity = (double)plan.ActivityWeight / plan.Grid;
        left = new double[plan.Areas.Length * Count];
        begun = Math.Max(0, 1 - activity * activity);
        Array.Fill(left, begun);
        leftBefore = [.. left];
        variation = new double[plan.Quantities.Length, Count];
        paces = new double[plan.Quantities.Length];
    }

    /// <summary>
    /// How far a household's relative difference shows on the model scale where that is ln(x + c): x / (x + c). 1 for other quantities.
    /// </summary>
    public static double Damping(Quantity quantity, double level) =>
        quantity.IsLogarithmic ? quantity.FromModelScale(level) / quantity.UnitsPerModelScale(level) : 1;

    /// <summary>Moves on to a window in which something is released.</summary>
    public void Begin(HourWindow window)
    {
        left.CopyTo(leftBefore, 0);
        var fresh = hour == 0 ? 1 : Math.Sqrt(1 - Persistence * Persistence);
        var kept = hour == 0 ? 0 : Persistence;
        for (var i = 0; i < Count; i++)
        {
            estimateError[i] = kept * estimateError[i] + fresh * Quantile(i, series: 0);
            for (var quantity = 0; quantity < paces.Length; quantity++)
                variation[quantity, i] = kept * variation[quantity, i] + fresh * Quantile(i, series: quantity + 1);
        }
        for (var quantity = 0; quantity < paces.Length; quantity++)
            paces[quantity] = plan.Pace(quantity, window);
        hour++;
    }

    /// <summary>How an area's sum answers the air in the present hour.</summary>
    /// <param name="area">The release area's number in the plan.</param>
    /// <param name="quantity">The quantity's number in the plan.</param>
    /// <param name="level">The expected value on the model scale.</param>
    public ClippedResponse Response(int area, int quantity, double level)
    {
        var (limits, doubts) = (new double[Count], new double[Count]);
        for (var i = 0; i < Count; i++)
        {
            limits[i] = Limit(area, quantity, i) / plan.Quantities[quantity].Weight;
            doubts[i] = LimitDoubt(area, quantity, i);
        }
        return new ClippedResponse(Differences(quantity, level), limits, doubts);
    }

    /// <summary>Charges what the households have probably contributed in an hour whose residual is estimated.</summary>
    /// <param name="area">The release area's number in the plan.</param>
    /// <param name="quantity">The quantity's number in the plan.</param>
    /// <param name="level">The expected value on the model scale.</param>
    /// <param name="residual">What is known of the true residual.</param>
    public void Spend(int area, int quantity, double level, Moments residual)
    {
        var weight = plan.Quantities[quantity].Weight;
        var deviation = Math.Sqrt(residual.Variance);
        var differences = Differences(quantity, level);
        for (var i = 0; i < Count; i++)
        {
            var limit = Limit(area, quantity, i);
            var contribution = Math.Clamp(weight * (residual.Mean + deviation * estimateError[i] + differences[i]), -limit, limit);
            left[area * Count + i] = Math.Max(0, left[area * Count + i] - Presence * contribution * contribution);
        }
    }

    double[] Differences(int quantity, double level)
    {
        var planned = plan.Quantities[quantity].Quantity;
        var parameters = ModelParameters.Prior(planned);
        var damping = Damping(planned, level);
        var result = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            var bias = Quantiles[(Orders[planned.Ordinal] * i % Count * 2 + 1) * Quantiles.Length / (2 * Count)];
            result[i] = damping * (parameters.HouseholdBias * bias + parameters.HouseholdVariation * variation[quantity, i]);
        }
        return result;
    }

    /// <summary>DESIGN section 4 in units of the norm bound: the cap, and the pace of what is left.</summary>
    double Limit(int area, int quantity, int household)
    {
        var planned = plan.Quantities[quantity];
        return Math.Min(planned.Weight * planned.Cap, Math.Sqrt(paces[quantity] * leftBefore[area * Count + household]));
    }

    /// <summary>
    /// The deviation of a limit, as a share of it: half that of the budget left, of which it is the root, but never more than all of it.
    /// The cap is certain.
    /// </summary>
    double LimitDoubt(int area, int quantity, int household)
    {
        var planned = plan.Quantities[quantity];
        var budget = leftBefore[area * Count + household];
        if (planned.Weight * planned.Cap <= Math.Sqrt(paces[quantity] * budget))
            return 0;
        var spent = SpentDoubt * (begun - budget);
        return spent < 2 * budget ? spent / (2 * budget) : 1;
    }

    /// <summary>
    /// A normal quantile for each household and hour: every hour spreads the households evenly, in an order that has nothing to do with
    /// that of the hour before.
    /// </summary>
    double Quantile(int household, int series)
    {
        // A step of SplitMix64 (Steele, Lea and Flood 2014), wrapping as it is meant to, gives the hour its order.
        var bits = unchecked((ulong)(hour * 64 + series + 1) * 0x9E3779B97F4A7C15UL);
        bits = unchecked((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL);
        bits = unchecked((bits ^ (bits >> 27)) * 0x94D049BB133111EBUL);
        var order = (int)(bits >> 40) | 1;
        var shift = (int)((bits >> 8) & 0xFFFF);
        var place = unchecked((uint)(order * (household ^ (int)(bits & (Count - 1))) + shift)) % Count;
        return Quantiles[(place * 2 + 1) * (uint)Quantiles.Length / (2 * Count)];
    }
}
