namespace CivicSense.Privacy;

/// <summary>
/// Masses of privacy losses on the grid of multiples of 2^-StepBits, and a mass at infinity. It stands above the true loss distribution of
/// one direction (P over Q) in the order of docs/privacy/privacy-loss-distribution.md, lemma 1, so that everything read from it is an
/// upper bound. Immutable.
/// </summary>
sealed class LossMeasure
{
    /// <summary>The largest number of grid points that are kept.</summary>
    public const int LargestLength = 1 << 23;

    /// <summary>Tails below this mass are not worth a grid point.</summary>
    const double NegligibleTail = 1e-20;

    readonly long first;
    readonly double[] masses;

    /// <summary>The measure with the given masses, without its negligible tails.</summary>
    /// <param name="stepBits">The grid step is 2^-stepBits.</param>
    /// <param name="first">The multiple at which the masses begin.</param>
    /// <param name="masses">At least one mass; none below 0.</param>
    /// <param name="atInfinity">The mass at infinity, at least 0.</param>
    /// <param name="expendable">The mass that each tail may lose to infinity or to the lowest grid point kept.</param>
    public LossMeasure(int stepBits, long first, double[] masses, double atInfinity, double expendable = NegligibleTail)
    {
        var (start, end) = (0, masses.Length);
        var (lower, upper) = (0d, 0d);
        while (end - start > 1 && upper + masses[end - 1] <= expendable)
            upper += masses[--end];

        while (end - start > 1 && lower + masses[start] <= expendable)
            lower += masses[start++];

        StepBits = stepBits;
        this.first = first + start;
        this.masses = masses[start..end];
        this.masses[0] = RoundUp(this.masses[0] + RoundUp(lower, start), 1);
        // The true total is at most 1, so a unit mass at infinity is above everything.
        AtInfinity = Math.Min(1, RoundUp(atInfinity + RoundUp(upper, masses.Length - end), 1));
    }

    /// <summary>The grid step is 2^-StepBits.</summary>
    public int StepBits { get; }

    /// <summary>The mass of an infinite loss, with all bounds on numerical errors.</summary>
    public double AtInfinity { get; }

    /// <summary>The number of grid points between the tails.</summary>
    public int Length => masses.Length;

    /// <summary>The largest finite loss.</summary>
    public double LargestLoss => Loss(masses.Length - 1);

    /// <summary>Both losses added: the outcome of two mechanisms, also where the second depends on the first one's result.</summary>
    public LossMeasure Compose(LossMeasure other)
    {
        if ((long)this.masses.Length + other.masses.Length > LargestLength)
        {
            throw new InvalidOperationException(
                $"The composed distribution would need more than {LargestLength} grid points: use a coarser step than 2^-{StepBits}.");
        }

        var (masses, missing) = Convolution.Of(this.masses, other.masses);
        var ends = (AtInfinity * (other.FiniteTotal() + other.AtInfinity)) + (other.AtInfinity * FiniteTotal());
        return new LossMeasure(
            StepBits, first + other.first, masses, RoundUp(ends + missing, 6), Math.Max(NegligibleTail, missing / 8));
    }

    /// <summary>That many independent or adaptive repetitions, by repeated squaring.</summary>
    public LossMeasure Compose(int times)
    {
        var (result, power) = ((LossMeasure?)null, this);
        for (var rest = times; ; power = power.Compose(power))
        {
            if ((rest & 1) == 1)
                result = result is null ? power : result.Compose(power);

            rest >>= 1;
            if (rest == 0)
                return result!;
        }
    }

    /// <summary>The mass at infinity plus the sum of mass (1 - exp(epsilon - loss)) over the losses above epsilon, rounded up.</summary>
    public double Delta(double epsilon)
    {
        var sum = 0d;
        var count = 0;
        for (var i = masses.Length - 1; i >= 0 && Loss(i) > epsilon; i--, count++)
            sum += masses[i] * FloatingPointBounds.OneMinusExpUp(Loss(i) - epsilon);

        return Math.Min(1, RoundUp(AtInfinity + RoundUp(sum, count), 1));
    }

    /// <summary>A sum of that many non-negative doubles, raised above its exact value.</summary>
    static double RoundUp(double sum, int terms) => sum == 0 ? 0 : (sum * FloatingPointBounds.SumFactor(terms)) + double.Epsilon;

    /// <summary>Exact: a double holds every multiple of the step up to 2^53 steps.</summary>
    double Loss(int index) => Math.ScaleB(first + index, -StepBits);

    double FiniteTotal()
    {
        var sum = 0d;
        foreach (var mass in masses)
            sum += mass;

        return RoundUp(sum, masses.Length);
    }
}
