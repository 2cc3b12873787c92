using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// What several (epsilon, delta)-differentially private steps are together, for steps that may be chosen after seeing what the earlier ones
/// released: basic, advanced and optimal homogeneous composition. All results are exact or rounded toward more privacy loss.
/// </summary>
/// <remarks>Statements and proofs: docs/privacy/composition.md.</remarks>
public static class AdvancedComposition
{
    /// <summary>(k epsilon, min(1, k delta)), exactly (Dwork and Roth 2014, theorem 3.16).</summary>
    /// <param name="epsilon">Loss of each step, at least 0.</param>
    /// <param name="delta">delta of each step, from 0 to 1.</param>
    /// <param name="steps">The number of steps k, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static (Rational Epsilon, Rational Delta) Basic(Rational epsilon, Rational delta, int steps)
    {
        ValidateStep(epsilon, delta, steps);
        return (epsilon * steps, Rational.Min(Rational.One, delta * steps));
    }

    /// <summary>
    /// The advanced composition theorem: epsilon' = epsilon sqrt(2 k ln(1/slack)) + k epsilon (exp(epsilon) - 1) at delta' = k delta +
    /// slack (Dwork, Rothblum, Vadhan 2010; Dwork and Roth 2014, theorem 3.20). Where basic composition is better at the same delta', that.
    /// </summary>
    /// <param name="epsilon">Loss of each step, at least 0 and at most 65536.</param>
    /// <param name="delta">delta of each step, from 0 to 1.</param>
    /// <param name="steps">The number of steps k, at least 1.</param>
    /// <param name="slack">What is added to delta, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static (Rational Epsilon, Rational Delta) Advanced(Rational epsilon, Rational delta, int steps, Rational slack)
    {
        ValidateStep(epsilon, delta, steps);
        if (slack.Sign <= 0 || slack > Rational.One)
            throw new ArgumentOutOfRangeException(nameof(slack), slack, "The slack must be above 0 and at most 1.");

        AccountingArguments.ValidateExponent(epsilon);
        var spread = epsilon * DirectedRounding.SqrtUp(-DirectedRounding.LogDown(slack) * steps * 2);
        var drift = epsilon * steps * (DirectedRounding.ExpUp(epsilon) - Rational.One);
        var total = DirectedRounding.RoundUp(spread + drift);
        return (Rational.Min(total, epsilon * steps), Rational.Min(Rational.One, (delta * steps) + slack));
    }

    /// <summary>
    /// The smallest delta' such that every k-fold adaptive composition is (epsilon', delta')-differentially private: optimal homogeneous
    /// composition (Kairouz, Oh, Viswanath 2015, theorem 3.3, at any epsilon'), rounded up. Takes time proportional to k.
    /// </summary>
    /// <param name="epsilon">Loss of each step, at least 0 and at most 65536.</param>
    /// <param name="delta">delta of each step, from 0 to 1.</param>
    /// <param name="steps">The number of steps k, at least 1.</param>
    /// <param name="total">epsilon', at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational OptimalDelta(Rational epsilon, Rational delta, int steps, Rational total)
    {
        ValidateStep(epsilon, delta, steps);
        AccountingArguments.ValidateExponent(epsilon);
        if (total.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(total), total, "The total epsilon must be at least 0.");

        var curve = new Homogeneous(epsilon, delta, steps);
        var (near, far) = curve.Masses(total);
        return curve.DeltaOf(near - far);
    }

    /// <summary>
    /// The smallest epsilon' such that every k-fold adaptive composition is (epsilon', delta')-differentially private: the inverse of
    /// <see cref="OptimalDelta"/>, rounded up. Takes time proportional to k log k.
    /// </summary>
    /// <param name="epsilon">Loss of each step, at least 0 and at most 65536.</param>
    /// <param name="delta">delta of each step, from 0 to 1.</param>
    /// <param name="steps">The number of steps k, at least 1.</param>
    /// <param name="total">delta', at most 1 and at least 1 - (1 - delta)^k: below that no epsilon' is enough.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational OptimalEpsilon(Rational epsilon, Rational delta, int steps, Rational total)
    {
        if (OptimalDelta(epsilon, delta, steps, epsilon * steps) is var least && (total < least || total > Rational.One))
        {
            throw new ArgumentOutOfRangeException(
                nameof(total), total, $"The total delta must be from 1 - (1 - delta)^steps, about {least.ToDouble():G6}, to 1.");
        }

        // epsilon' = (k - 2 i) epsilon is valid for i = enough; delta' grows with i.
        var (enough, tooMany) = (0, (steps / 2) + 1);
        while (tooMany - enough > 1)
        {
            var middle = (enough + tooMany) / 2;
            var isEnough = OptimalDelta(epsilon, delta, steps, epsilon * (steps - (2 * middle))) <= total;
            (enough, tooMany) = isEnough ? (middle, tooMany) : (enough, middle);
        }

        var valid = epsilon * (steps - (2 * enough));
        return epsilon.Sign == 0 ? valid : Between(new Homogeneous(epsilon, delta, steps), valid, total);
    }

    /// <summary>
    /// Between two multiples the responses that count stay the same, and their mass under the other hypothesis grows with exp(epsilon'):
    /// 1 - (1 - delta)^k (1 - near + far exp(epsilon' - start)) = total is solved for epsilon'. The solution is taken only where it passes
    /// the test of <see cref="OptimalDelta"/> itself.
    /// </summary>
    static Rational Between(Homogeneous curve, Rational valid, Rational total)
    {
        var start = Rational.Max(Rational.Zero, valid - curve.Epsilon);
        var (near, far) = curve.Masses(start);
        if (far.Sign <= 0 || curve.NoFailure.Sign <= 0)
            return valid;

        var aim = (near - Rational.One + ((Rational.One - total) / curve.NoFailure)) / far;
        var solution = aim.Sign <= 0 ? Rational.Zero : start + DirectedRounding.LogUp(aim) + Rational.FromDyadic(1, -80);
        var candidate = DirectedRounding.RoundUp(Rational.Max(Rational.Zero, solution));
        if (candidate >= valid)
            return valid;

        var (checkedNear, checkedFar) = curve.Masses(candidate);
        return curve.DeltaOf(checkedNear - checkedFar) <= total ? candidate : valid;
    }

    static void ValidateStep(Rational epsilon, Rational delta, int steps)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        AccountingArguments.ValidateDeltaOfStep(delta);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
    }

    /// <summary>k steps of binary randomised response, each of which fails openly with probability delta.</summary>
    sealed class Homogeneous
    {
        readonly int steps;
        readonly Rational failures;
        readonly Rational logNormaliserUp;
        readonly Rational logNormaliserDown;

        public Homogeneous(Rational epsilon, Rational delta, int steps)
        {
            (Epsilon, this.steps, failures) = (epsilon, steps, delta * steps);
            logNormaliserUp = DirectedRounding.LogUp(Rational.One + DirectedRounding.ExpUp(epsilon)) * steps;
            logNormaliserDown = DirectedRounding.LogDown(Rational.One + DirectedRounding.ExpDown(epsilon)) * steps;
            NoFailure = PowerDown(Rational.One - delta, steps);
        }

        public Rational Epsilon { get; }

        /// <summary>(1 - delta)^k, rounded down.</summary>
        public Rational NoFailure { get; }

        /// <summary>1 - (1 - delta)^k (1 - response), rounded up, and never above its bound k delta + response.</summary>
        public Rational DeltaOf(Rational response)
        {
            var probability = Rational.Min(Rational.One, Rational.Max(Rational.Zero, response));
            var delta = DirectedRounding.RoundUp(Rational.One - (NoFailure * (Rational.One - probability)));
            return Rational.Min(delta, failures + probability);
        }

        /// <summary>
        /// The probability of the responses with a privacy loss (k - 2 l) epsilon above total, rounded up, and exp(total) times their
        /// probability under the other hypothesis, rounded down.
        /// </summary>
        public (Rational Near, Rational Far) Masses(Rational total)
        {
            var (near, far) = (Rational.Zero, Rational.Zero);
            var binomial = BigInteger.One;
            for (var l = 0; l <= steps && Epsilon * (steps - (2 * l)) > total; l++)
            {
                var weight = Rational.FromInteger(binomial);
                near += weight * DirectedRounding.ExpUp((Epsilon * (steps - l)) - logNormaliserDown);
                far += weight * DirectedRounding.ExpDown((Epsilon * l) + total - logNormaliserUp);
                binomial = binomial * (steps - l) / (l + 1);
            }

            return (DirectedRounding.RoundUp(near), DirectedRounding.RoundDown(far));
        }

        static Rational PowerDown(Rational value, int exponent)
        {
            var (result, power) = (Rational.One, value);
            for (var rest = exponent; rest > 0; rest >>= 1)
            {
                result = (rest & 1) == 1 ? DirectedRounding.RoundDown(result * power) : result;
                power = DirectedRounding.RoundDown(power * power);
            }

            return result;
        }
    }
}
