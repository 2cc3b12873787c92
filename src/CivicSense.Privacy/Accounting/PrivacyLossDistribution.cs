namespace CivicSense.Privacy;

/// <summary>
/// A pessimistic, discretised privacy loss distribution (Sommer, Meiser, Mohammadi 2019; Koskela, Jälkö, Honkela 2020): the distribution
/// of ln(P(output) / Q(output)) under P for a pair that dominates every pair of neighbours, and the same with P and Q exchanged.
/// Composition adds losses; delta(epsilon) is read from the result and is never below the true one. Immutable.
/// </summary>
/// <remarks>
/// <para>Losses lie on multiples of 2^-StepBits. Every numerical error is bounded and added to the mass of an infinite loss, so a delta
/// below <see cref="SmallestDelta"/> cannot be answered: for 365 days of the noise of a node that is about 2e-10.</para>
/// <para>Statements and proofs: docs/privacy/privacy-loss-distribution.md.</para>
/// </remarks>
public sealed class PrivacyLossDistribution
{
    readonly LossMeasure forward;
    readonly LossMeasure backward;

    PrivacyLossDistribution(LossMeasure forward, LossMeasure backward) => (this.forward, this.backward) = (forward, backward);

    /// <summary>The losses are multiples of 2^-StepBits.</summary>
    public int StepBits => forward.StepBits;

    /// <summary>The mass of an infinite loss, with the bounds on numerical errors: no epsilon is enough for a smaller delta.</summary>
    public double SmallestDelta => Math.Max(forward.AtInfinity, backward.AtInfinity);

    /// <summary>
    /// A mechanism of which only (epsilon, delta) is known: the pair that dominates all of them (Kairouz, Oh, Viswanath 2015).
    /// </summary>
    /// <param name="epsilon">At least 0 and at most 1000.</param>
    /// <param name="delta">From 0 to 1.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution OfApproximate(Rational epsilon, Rational delta, int stepBits = LossMeasureBuilder.DefaultStepBits)
    {
        ValidateStepBits(stepBits);
        AccountingArguments.ValidateEpsilon(epsilon);
        ValidateLargestLoss(epsilon, nameof(epsilon));
        AccountingArguments.ValidateDeltaOfStep(delta);
        return Symmetric(NoiseLosses.Approximate(epsilon, delta, stepBits));
    }

    /// <summary>A mechanism with finitely many outputs, from their probabilities on the worst pair of neighbours.</summary>
    /// <param name="first">The probabilities on one data set; none below 0, their sum is 1.</param>
    /// <param name="second">The probabilities of the same outputs on the other data set; none below 0, their sum is 1.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or one is no probability distribution.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution OfOutputs(
        IReadOnlyList<Rational> first, IReadOnlyList<Rational> second, int stepBits = LossMeasureBuilder.DefaultStepBits)
    {
        ValidateStepBits(stepBits);
        ValidateDistribution(first, nameof(first));
        ValidateDistribution(second, nameof(second));
        if (first.Count != second.Count)
        {
            throw new ArgumentException(
                $"There are {first.Count} probabilities on one side and {second.Count} on the other.", nameof(second));
        }

        return new(NoiseLosses.Outputs(first, second, stepBits), NoiseLosses.Outputs(second, first, stepBits));
    }

    /// <summary>Binary randomised response, which dominates every mechanism with pure epsilon.</summary>
    /// <param name="epsilon">At least 0 and at most 1000.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution RandomizedResponse(Rational epsilon, int stepBits = LossMeasureBuilder.DefaultStepBits) =>
        OfApproximate(epsilon, Rational.Zero, stepBits);

    /// <summary>
    /// An integer that neighbours move by at most the sensitivity, plus discrete Laplace noise, P(x) proportional to exp(-|x| / scale).
    /// </summary>
    /// <param name="scale">Above 0; sensitivity / scale is at most 1000.</param>
    /// <param name="sensitivity">At least 1.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution DiscreteLaplace(
        Rational scale, long sensitivity, int stepBits = LossMeasureBuilder.DefaultStepBits)
    {
        ValidateStepBits(stepBits);
        AccountingArguments.ValidateScale(scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(sensitivity, 1);
        ValidateLargestLoss(sensitivity / scale, nameof(scale));
        return Symmetric(NoiseLosses.DiscreteLaplace(scale, sensitivity, stepBits));
    }

    /// <summary>
    /// One integer that neighbours move by at most the shift, plus discrete Gaussian noise, P(x) proportional to
    /// exp(-x^2 / (2 sigmaSquared)), by its exact law. It says nothing about several integers that are moved together.
    /// </summary>
    /// <param name="sigmaSquared">Above 0 and at most 2^128, written with at most 256 bits above and below the line.</param>
    /// <param name="shift">At least 1; shift^2 / (2 sigmaSquared) is at most 1000.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution DiscreteGaussian(
        Rational sigmaSquared, long shift, int stepBits = LossMeasureBuilder.DefaultStepBits)
    {
        ValidateStepBits(stepBits);
        Privacy.DiscreteGaussian.RequireSigmaSquared(sigmaSquared);
        ArgumentOutOfRangeException.ThrowIfLessThan(shift, 1);
        ValidateLargestLoss((Rational)shift * shift / (sigmaSquared * 2), nameof(shift));
        return Symmetric(NoiseLosses.DiscreteGaussian(sigmaSquared, shift, stepBits));
    }

    /// <summary>The continuous Gaussian mechanism with rho = sensitivity^2 / (2 sigma^2).</summary>
    /// <param name="rho">Above 0 and at most 1000.</param>
    /// <param name="stepBits">The grid step is 2^-stepBits; 4 to 20, default 10.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range, or the losses span too many steps.</exception>
    public static PrivacyLossDistribution Gaussian(Rational rho, int stepBits = LossMeasureBuilder.DefaultStepBits)
    {
        ValidateStepBits(stepBits);
        if (rho.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be above 0.");

        ValidateLargestLoss(rho, nameof(rho));
        return Symmetric(NoiseLosses.ContinuousGaussian(rho, stepBits));
    }

    /// <summary>
    /// Both mechanisms together, also where the second is chosen after seeing what the first released, as long as this distribution
    /// dominates whatever may be chosen (Zhu, Dong, Wang 2022, theorem 10).
    /// </summary>
    /// <exception cref="ArgumentException">The other distribution has another grid step.</exception>
    /// <exception cref="InvalidOperationException">The result would need too many grid points.</exception>
    public PrivacyLossDistribution Compose(PrivacyLossDistribution other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.StepBits != StepBits)
            throw new ArgumentException($"The grid steps differ: 2^-{StepBits} and 2^-{other.StepBits}.", nameof(other));

        var both = forward.Compose(other.forward);
        return ReferenceEquals(forward, backward) && ReferenceEquals(other.forward, other.backward)
            ? Symmetric(both)
            : new(both, backward.Compose(other.backward));
    }

    /// <summary>That many repetitions, each of which may depend on what the earlier ones released.</summary>
    /// <param name="times">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    /// <exception cref="InvalidOperationException">The result would need too many grid points.</exception>
    public PrivacyLossDistribution Compose(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        var repeated = forward.Compose(times);
        return ReferenceEquals(forward, backward) ? Symmetric(repeated) : new(repeated, backward.Compose(times));
    }

    /// <summary>A delta for which (epsilon, delta) holds in both directions, rounded up; at most 1.</summary>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon is outside its range.</exception>
    public double Delta(double epsilon)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        var delta = forward.Delta(epsilon);
        return ReferenceEquals(forward, backward) ? delta : Math.Max(delta, backward.Delta(epsilon));
    }

    /// <summary>
    /// An epsilon for which (epsilon, delta) holds in both directions, rounded up; infinite below <see cref="SmallestDelta"/>.
    /// </summary>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">delta is outside its range.</exception>
    public double Epsilon(double delta)
    {
        AccountingArguments.ValidateDelta(delta);

        // At the largest finite loss only the mass at infinity is left.
        var (low, high) = (0d, Math.Max(0, Math.Max(forward.LargestLoss, backward.LargestLoss)));
        if (Delta(0) <= delta)
            return 0;

        if (!(Delta(high) <= delta))
            return double.PositiveInfinity;

        // Invariant: high is valid. Twelve digits are more than the discretisation deserves.
        while (high - low > 1e-12 * high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Delta(middle) <= delta ? (low, middle) : (middle, high);
        }

        return high;
    }

    static PrivacyLossDistribution Symmetric(LossMeasure measure) => new(measure, measure);

    static void ValidateStepBits(int stepBits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepBits, LossMeasureBuilder.SmallestStepBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stepBits, LossMeasureBuilder.LargestStepBits);
    }

    static void ValidateDistribution(IReadOnlyList<Rational> probabilities, string argument)
    {
        ArgumentNullException.ThrowIfNull(probabilities, argument);
        if (probabilities.Any(probability => probability.Sign < 0))
            throw new ArgumentException($"A probability is below 0: {probabilities.Min()}.", argument);

        if (probabilities.Aggregate(Rational.Zero, (left, right) => left + right) is var sum && sum != Rational.One)
            throw new ArgumentException($"The probabilities sum to {sum} and not to 1.", argument);
    }

    static void ValidateLargestLoss(Rational loss, string argument)
    {
        if (loss > 1000)
            throw new ArgumentOutOfRangeException(argument, loss, "The typical privacy loss of one step must be at most 1000.");
    }
}
