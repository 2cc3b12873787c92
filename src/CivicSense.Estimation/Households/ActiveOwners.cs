using CivicSense.Commons;
using MathNet.Numerics.Distributions;

namespace CivicSense.Estimation;

/// <summary>
/// How many owners are active in each area: the public enrolment as prior, the released noisy activity of each day as evidence.
/// </summary>
/// <remarks>
/// <para>The active share of an area's enrolled owners is a common share plus the area's own deviation; both are forgotten over months.
/// One day's activity is far too noisy for one area (its standard deviation is sigma * Grid / ActivityWeight owners), many days and
/// areas together are not.</para>
/// <para>Given the common share, areas are taken as independent: exact when a day's activity is taken in, nearly so from day to day
/// (Boyen and Koller 1998), and a day costs the same for every area.</para>
/// </remarks>
sealed class ActiveOwners
{
    /// <summary>
    /// Owners enrol in order to measure: all are active until released activity says otherwise.
    /// </summary>
    const double PriorShare = 1;

    const double CommonDeviation = 0.16;
    const double OwnDeviation = 0.10;

    /// <summary>Days over which what is known of a share is forgotten.</summary>
    const double Memory = 90;

    readonly Dictionary<Area, OwnShare> own = [];
    double common = PriorShare;
    double commonVariance = CommonDeviation * CommonDeviation;

    /// <summary>The counts for a plan's areas, each between 1 and the number enrolled.</summary>
    public OwnerCount[] Counts(ReleasePlan plan)
    {
        var result = new OwnerCount[plan.Areas.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var share = own.GetValueOrDefault(plan.Areas[i].Area, OwnShare.Unknown);
            var variance = (1 + share.Slope) * (1 + share.Slope) * commonVariance + share.Variance;
            var enrolled = Math.Max(1, plan.Areas[i].EnrolledOwners);
            result[i] = Held((common + share.Mean) * enrolled, Math.Sqrt(variance) * enrolled, 1, enrolled);
        }
        return result;
    }

    /// <summary>Learns from the activity of a closed day, then moves on to the next.</summary>
    public void Learn(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity)
    {
        var enrolled = plan.Areas.ToDictionary(area => area.Area, area => (double)Math.Max(1, area.EnrolledOwners));
        foreach (var gone in own.Keys.Where(area => !enrolled.ContainsKey(area)).ToList())
            own.Remove(gone);
        var noise = plan.Sigma * plan.Grid / plan.ActivityWeight;
        var told = activity.Where(released => enrolled.ContainsKey(released.Area)).Select(released => (
            released.Area,
            Own: own.GetValueOrDefault(released.Area, OwnShare.Unknown),
            Share: (double)released.Value / plan.ActivityWeight / enrolled[released.Area],
            Noise: noise * noise / enrolled[released.Area] / enrolled[released.Area])).ToList();

        double precision = 1 / commonVariance, pull = 0;
        foreach (var area in told)
        {
            precision += (1 + area.Own.Slope) * (1 + area.Own.Slope) / (area.Own.Variance + area.Noise);
            pull += (1 + area.Own.Slope) * (area.Share - common - area.Own.Mean) / (area.Own.Variance + area.Noise);
        }
        var shift = pull / precision;
        foreach (var area in told)
            own[area.Area] = area.Own.Told(area.Share - common - area.Own.Mean, area.Noise, shift);
        common += shift;
        commonVariance = 1 / precision;
        MoveOn();
    }

    /// <summary>A day later, everything is a little nearer to what was expected at first, and less sure.</summary>
    void MoveOn()
    {
        var kept = Math.Exp(-1 / Memory);
        var before = commonVariance;
        common = PriorShare + kept * (common - PriorShare);
        commonVariance = kept * kept * before + CommonDeviation * CommonDeviation * (1 - kept * kept);
        foreach (var area in own.Keys.ToList())
            own[area] = own[area].MovedOn(kept, before, commonVariance);
    }

    /// <summary>
    /// The median of a normal variable that is held between two bounds, where all that lies beyond one counts as the bound, and the root of
    /// the mean square distance from it. The mean would be too few by a twelfth where everybody is active, and nothing makes up for it.
    /// </summary>
    static OwnerCount Held(double mean, double deviation, double lower, double upper)
    {
        if (upper <= lower)
            return new OwnerCount(upper, 0);
        var (low, high) = ((lower - mean) / deviation, (upper - mean) / deviation);
        var (below, above) = (Normal.CDF(0, 1, low), Normal.CDF(0, 1, -high));
        var (densityLow, densityHigh) = (Normal.PDF(0, 1, low), Normal.PDF(0, 1, high));
        // From the mean on, in deviations: what lies between the bounds, and what is held at them.
        var first = densityLow - densityHigh + low * below + high * above;
        var second = 1 - below - above + low * densityLow - high * densityHigh + low * low * below + high * high * above;
        var median = Math.Clamp(mean, lower, upper);
        var distance = (median - mean) / deviation;
        return new OwnerCount(median, deviation * Math.Sqrt(Math.Max(second - 2 * distance * first + distance * distance, 0)));
    }

    /// <summary>
    /// An area's own deviation, given the common share: its mean at the expected common share, how it follows that, the rest.
    /// </summary>
    readonly record struct OwnShare(double Mean, double Slope, double Variance)
    {
        public static OwnShare Unknown { get; } = new(0, 0, OwnDeviation * OwnDeviation);

        /// <summary>Conditions on the area's measured share.</summary>
        /// <param name="surprise">The measured share less the expected one.</param>
        /// <param name="noise">The variance of its noise.</param>
        /// <param name="shift">By how much the expected common share moves through all areas together.</param>
        public OwnShare Told(double surprise, double noise, double shift)
        {
            var gain = Variance / (Variance + noise);
            return new OwnShare(
                Mean + Slope * shift + gain * (surprise - (1 + Slope) * shift), Slope - gain * (1 + Slope), Variance * (1 - gain));
        }

        /// <summary>A day later.</summary>
        public OwnShare MovedOn(double kept, double commonBefore, double commonAfter)
        {
            var slope = kept * kept * Slope * commonBefore / commonAfter;
            var variance = kept * kept * (Variance + Slope * Slope * commonBefore) + OwnDeviation * OwnDeviation * (1 - kept * kept);
            return new OwnShare(kept * Mean, slope, variance - slope * slope * commonAfter);
        }
    }
}
