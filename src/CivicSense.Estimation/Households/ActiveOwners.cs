using CivicSense.Commons;
using MathNet.Numerics;

namespace CivicSense.Estimation;

/// <summary>
/// How many owners are active in each area: the public enrolment as prior, the released noisy activity of each day as evidence.
/// </summary>
/// <remarks>
/// The active share of an area's enrolled owners is a common share plus the area's own deviation; both drift slowly from day to day. One
/// day's activity is far too noisy for one area (its standard deviation is sigma * Grid / ActivityWeight owners), many days and areas
/// together are not.
/// </remarks>
sealed class ActiveOwners
{
    const double PriorShare = 0.95;
    const double CommonDeviation = 0.16;
    const double OwnDeviation = 0.10;

    /// <summary>Days over which what is known of a share is forgotten.</summary>
    const double Memory = 90;

    readonly List<Area> areas = [];
    double[] mean = [PriorShare];
    SymmetricMatrix covariance = Diagonal([CommonDeviation * CommonDeviation]);

    /// <summary>The counts for a plan's areas, each between 1 and the number enrolled.</summary>
    public OwnerCount[] Counts(ReleasePlan plan)
    {
        var result = new OwnerCount[plan.Areas.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var index = areas.IndexOf(plan.Areas[i].Area) + 1;
            var share = mean[0] + (index > 0 ? mean[index] : 0);
            var variance = index > 0
                ? covariance[0, 0] + 2 * covariance[0, index] + covariance[index, index]
                : covariance[0, 0] + OwnDeviation * OwnDeviation;
            var enrolled = Math.Max(1, plan.Areas[i].EnrolledOwners);
            result[i] = Truncated(share * enrolled, Math.Sqrt(variance) * enrolled, 1, enrolled);
        }
        return result;
    }

    /// <summary>Learns from the activity of a closed day, then moves on to the next.</summary>
    public void Learn(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity)
    {
        Align(plan);
        var noise = plan.Sigma * plan.Grid / plan.ActivityWeight;
        foreach (var released in activity)
        {
            var area = areas.IndexOf(released.Area);
            if (area < 0)
                continue;
            var enrolled = (double)Math.Max(1, plan.Areas[area].EnrolledOwners);
            Update(area + 1, (double)released.Value / plan.ActivityWeight / enrolled, noise * noise / (enrolled * enrolled));
        }
        MoveOn();
    }

    /// <summary>A day later, everything is a little nearer to what was expected at first, and less sure.</summary>
    void MoveOn()
    {
        var kept = Math.Exp(-1 / Memory);
        var retention = new double[mean.Length];
        Array.Fill(retention, kept);
        covariance.Scale(retention);
        for (var index = 0; index < mean.Length; index++)
        {
            var (expected, deviation) = index == 0 ? (PriorShare, CommonDeviation) : (0, OwnDeviation);
            mean[index] = expected + kept * (mean[index] - expected);
            covariance.AddToDiagonal(index, deviation * deviation * (1 - kept * kept));
        }
    }

    void Update(int index, double share, double noise)
    {
        var gain = new double[mean.Length];
        for (var i = 0; i < gain.Length; i++)
            gain[i] = covariance[i, 0] + covariance[i, index];
        var variance = gain[0] + gain[index] + noise;
        var innovation = share - mean[0] - mean[index];
        for (var i = 0; i < gain.Length; i++)
            mean[i] += gain[i] * innovation / variance;
        covariance.Downdate(gain, variance);
    }

    /// <summary>Takes over the plan's areas: what is known of an area stays, a new one starts from the common share.</summary>
    void Align(ReleasePlan plan)
    {
        if (areas.SequenceEqual(plan.Areas.Select(planned => planned.Area)))
            return;
        int[] sources = [0, .. plan.Areas.Select(planned => areas.IndexOf(planned.Area) + 1)];
        var newMean = new double[sources.Length];
        var newCovariance = new SymmetricMatrix(sources.Length);
        for (var row = 0; row < sources.Length; row++)
        {
            if (row > 0 && sources[row] == 0)
            {
                newCovariance.AddToDiagonal(row, OwnDeviation * OwnDeviation);
                continue;
            }
            newMean[row] = mean[sources[row]];
            for (var column = 0; column < sources.Length; column++)
            {
                if (column == 0 || sources[column] > 0)
                    newCovariance.AddAt(row, column, covariance[sources[row], sources[column]]);
            }
        }
        (mean, covariance) = (newMean, newCovariance);
        areas.Clear();
        areas.AddRange(plan.Areas.Select(planned => planned.Area));
    }

    /// <summary>Mean and deviation of a normal variable known to lie between two bounds.</summary>
    static OwnerCount Truncated(double mean, double deviation, double lower, double upper)
    {
        if (upper <= lower)
            return new OwnerCount(upper, 0);
        var (low, high) = ((lower - mean) / deviation, (upper - mean) / deviation);
        var inside = 0.5 * (SpecialFunctions.Erf(high / Math.Sqrt(2)) - SpecialFunctions.Erf(low / Math.Sqrt(2)));
        // So far outside that nothing is left of the normal's mass: the nearer bound.
        if (inside < 1e-6)
            return new OwnerCount(Math.Clamp(mean, lower, upper), 0.1 * (upper - lower));
        var (densityLow, densityHigh) = (Density(low), Density(high));
        var shift = (densityLow - densityHigh) / inside;
        var variance = 1 + (low * densityLow - high * densityHigh) / inside - shift * shift;
        return new OwnerCount(mean + deviation * shift, deviation * Math.Sqrt(Math.Max(variance, 1e-6)));

        static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
    }

    static SymmetricMatrix Diagonal(ReadOnlySpan<double> values)
    {
        var result = new SymmetricMatrix(values.Length);
        for (var i = 0; i < values.Length; i++)
            result.AddToDiagonal(i, values[i]);
        return result;
    }
}
