namespace CivicSense.Privacy;

/// <summary>
/// Collects outcomes as (mass, loss) and puts each on the two neighbouring grid points so that its probability under both hypotheses is
/// kept: the discretisation known as connecting the dots (Doroshenko, Ghazi, Kamath, Kumar, Manurangsi 2022). All rounding goes up.
/// Proof: docs/privacy/privacy-loss-distribution.md, lemma 2.
/// </summary>
sealed class LossMeasureBuilder
{
    public const int SmallestStepBits = 4;
    public const int LargestStepBits = 20;
    public const int DefaultStepBits = 10;

    readonly int stepBits;
    readonly long first;
    readonly double[] masses;
    readonly double step;
    readonly double inverseOfStepLoss;
    double atInfinity;

    /// <summary>A builder for losses between the two, in steps; losses below are put on the lowest grid point.</summary>
    public LossMeasureBuilder(int stepBits, double lowestInSteps, double highestInSteps)
    {
        if (!(highestInSteps - lowestInSteps < LossMeasure.LargestLength) || !(Math.Abs(lowestInSteps) < 1L << 50))
        {
            throw new ArgumentOutOfRangeException(
                nameof(stepBits), stepBits, $"The losses span more than {LossMeasure.LargestLength} steps: use fewer stepBits.");
        }

        this.stepBits = stepBits;
        first = (long)Math.Floor(lowestInSteps);
        masses = new double[(int)((long)Math.Floor(highestInSteps) - first) + 3];
        step = Math.ScaleB(1, -stepBits);

        // 1 - exp(-h) >= h - h^2/2 + h^3/6 - h^4/24: the terms of the series alternate and fall.
        var lossOfStep = step * (1 - ((step / 2) * (1 - ((step / 3) * (1 - (step / 4))))));
        inverseOfStepLoss = (1 + 1e-14) / lossOfStep;
    }

    /// <summary>Adds an outcome.</summary>
    /// <param name="mass">An upper bound of its probability.</param>
    /// <param name="lossInSteps">An upper bound of its loss, in steps.</param>
    public void Add(double mass, double lossInSteps)
    {
        var index = (int)((long)Math.Floor(lossInSteps) - first);
        if (index < 0)
        {
            masses[0] += mass;
            return;
        }

        // The share of the upper point is (1 - exp(-y)) / (1 - exp(-h)) for the loss y above the lower point, and
        // 1 - exp(-y) <= y - y^2/2 + y^3/6.
        var y = (lossInSteps - Math.Floor(lossInSteps)) * step;
        var share = Math.Min(1, y * (1 - ((y / 2) * (1 - (y / 3)))) * inverseOfStepLoss);
        masses[index + 1] += mass * share;
        masses[index] += mass * (1 - share) * (1 + 1e-15);
    }

    /// <summary>Adds probability of an infinite loss.</summary>
    public void AddAtInfinity(double mass) => atInfinity += mass;

    /// <summary>The measure of what was added.</summary>
    /// <param name="outcomes">No fewer than the outcomes that were added: their sums are rounded up accordingly.</param>
    public LossMeasure ToMeasure(long outcomes)
    {
        var factor = FloatingPointBounds.SumFactor(outcomes + 6);
        for (var i = 0; i < masses.Length; i++)
            masses[i] *= factor;

        return new LossMeasure(stepBits, first, masses, atInfinity * factor);
    }
}
