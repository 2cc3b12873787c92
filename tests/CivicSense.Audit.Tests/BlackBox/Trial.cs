using CivicSense.Commons;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>One area on one day, as the attacker sees it.</summary>
/// <param name="TargetMeasured">The truth that the attacker wants to know; only for training and for counting hits.</param>
/// <param name="Residual">
/// What was published less what the attacker expects without the target, in standard deviations of the noise: every key of the day in
/// order, then the activity.
/// </param>
/// <param name="Signal">What the target adds if it measured, in the same units.</param>
sealed record Trial(bool TargetMeasured, double[] Residual, double[] Signal)
{
    /// <summary>The length of the signal: how many standard deviations the two hypotheses lie apart.</summary>
    public double Distance => Math.Sqrt(Dot(Signal, Signal));

    /// <summary>
    /// The matched filter: increasing in the likelihood ratio of the two hypotheses, so by Neyman and Pearson no attack on Gaussian noise
    /// does better. 0 is expected without the target, <see cref="Distance"/> with it; the standard deviation is 1.
    /// </summary>
    public double MatchedFilter => Dot(Residual, Signal) / Distance;

    /// <summary>The trials of a run: all areas and days in a fixed order.</summary>
    public static IReadOnlyList<Trial> OfRun(PublicRecord record, AttackedNeighbourhood neighbourhood)
    {
        var days = record.Measurements.GroupBy(row => (row.Area, Day: DateOnly.FromDateTime(row.Window.UtcDateTime)))
            .ToDictionary(group => group.Key, group => group.ToArray());
        var trials = new List<Trial>(neighbourhood.Areas * neighbourhood.Days);
        for (var day = 0; day < neighbourhood.Days; day++)
        {
            for (var area = 0; area < neighbourhood.Areas; area++)
            {
                var date = DateOnly.FromDateTime(AttackedNeighbourhood.Start.AddDays(day).UtcDateTime);
                var key = (AttackedNeighbourhood.Place(area).QuadKey, date);
                trials.Add(OfDay(record, days[key], record.Activity[key], neighbourhood.TargetMeasured(area, day)));
            }
        }
        return trials;
    }

    static Trial OfDay(PublicRecord record, PublicMeasurement[] day, long activity, bool targetMeasured)
    {
        var target = new OwnerAsTheAttackerSeesIt(record, AttackedNeighbourhood.TargetValue);
        var neighbour = new OwnerAsTheAttackerSeesIt(record, AttackedNeighbourhood.NeighbourValue);
        double[] residual = new double[day.Length + 1], signal = new double[day.Length + 1];
        for (var key = 0; key < day.Length; key++)
        {
            residual[key] = (day[key].Value - neighbour.Contribution(day[key])) / day[key].NoiseSd;
            signal[key] = target.Contribution(day[key]) / day[key].NoiseSd;
        }
        residual[^1] = (activity - record.ActivityWeight) / day[0].NoiseSd;
        signal[^1] = record.ActivityWeight / day[0].NoiseSd;
        return new Trial(targetMeasured, residual, signal);
    }

    static double Dot(double[] left, double[] right)
    {
        var sum = 0d;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    /// <summary>
    /// What one household with one device adds to each sum of a day: the published mechanism, computed a second time, by the attacker, from
    /// public numbers and the household's data.
    /// </summary>
    sealed class OwnerAsTheAttackerSeesIt(PublicRecord record, Func<Quantity, double> measured)
    {
        long remaining = (record.Grid * record.Grid) - (record.ActivityWeight * record.ActivityWeight);
        long remainingBeforeWindow;
        DateTimeOffset? current;

        public long Contribution(PublicMeasurement key)
        {
            if (key.Window != current)
                (current, remainingBeforeWindow) = (key.Window, remaining);
            var residual = key.Quantity.ToModelScale(measured(key.Quantity)) - key.Quantity.ToModelScale(key.Baseline);
            var magnitude = (long)(Math.Min(Math.Abs(key.Weight * residual), key.Weight * key.Cap) * record.Grid);
            magnitude = Math.Min(magnitude, Math.Min((long)Math.Sqrt(remaining), (long)Math.Sqrt(Pace(key) * remainingBeforeWindow)));
            remaining -= magnitude * magnitude;
            return residual < 0 ? -magnitude : magnitude;
        }

        /// <summary>The part of what is left that a key may take, by the formula of docs/decisions/0011-pacing.md.</summary>
        double Pace(PublicMeasurement key)
        {
            if (record.Pacing == 0)
                return 1;
            var windowsLeft = 24 - key.Window.UtcDateTime.Hour; // These nodes live by UTC.
            return record.Parts[key.Quantity] * Math.Min(1, record.Pacing * record.Pacing / windowsLeft);
        }
    }
}
