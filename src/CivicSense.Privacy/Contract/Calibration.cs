using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>From a wanted loss to the noise that it needs. OpenDP: <c>binary_search_param</c>.</summary>
public static class Calibration
{
    // Of the steps tried. No range of noise in this room reaches this far; the search of one that has no end does.
    const int LargestLogarithm = 512;

    static readonly Rational Thousandth = new(1, 1000);

    /// <summary>
    /// The smallest multiple of a step that, as the parameter of a measurement, keeps its loss within a limit. For whatever is more private
    /// the larger it is: the scale of Laplace noise, the sigma^2 of Gaussian noise, the scale of a selection.
    /// </summary>
    /// <remarks>
    /// <para>The measurement for the answer has passed <see cref="Measurement{TIn,TOut,TLoss}.Check"/>, so it is within the limit whatever
    /// the factory does. That no smaller multiple is holds where the loss never rises with the parameter. It is not so for the scale of
    /// <see cref="StableKeyCounts"/> at a fixed threshold, whose delta rises.</para>
    /// <para>No data take part. Proof: docs/privacy/contract.md, calibration.</para>
    /// </remarks>
    /// <param name="measurement">
    /// The measurement for a parameter. A parameter that it refuses with an <see cref="ArgumentOutOfRangeException"/> counts as too large.
    /// </param>
    /// <param name="inputDistance">How far apart neighbours are.</param>
    /// <param name="limit">The most that it may lose.</param>
    /// <param name="step">What the answer is a multiple of, above 0; a thousandth unless it is given.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The step is not above 0, the distance or the limit is none of the measurement, or no multiple that the measurement accepts is within
    /// the limit.
    /// </exception>
    public static Rational SmallestScale<TIn, TOut, TLoss>(
        Func<Rational, Measurement<TIn, TOut, TLoss>> measurement, Rational inputDistance, TLoss limit, Rational? step = null)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        var unit = step ?? Thousandth;
        if (unit.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(step), unit, "The step must be above 0.");

        // Invariant of both loops: too low at tooLow, which may be 0, where there is no measurement at all.
        var (tooLow, notTooLow) = (BigInteger.Zero, BigInteger.One);
        while (IsTooLow(notTooLow))
        {
            (tooLow, notTooLow) = (notTooLow, notTooLow * 2);
            if (notTooLow >> LargestLogarithm != 0)
                throw NoneSuffices();
        }

        while (notTooLow - tooLow > 1)
        {
            var middle = (tooLow + notTooLow) / 2;
            (tooLow, notTooLow) = IsTooLow(middle) ? (middle, notTooLow) : (tooLow, middle);
        }

        return MeasurementAt(notTooLow)?.Check(inputDistance, limit) == true ? ScaleAt(notTooLow) : throw NoneSuffices();

        Rational ScaleAt(BigInteger multiple) => Rational.FromInteger(multiple) * unit;

        bool IsTooLow(BigInteger multiple) => MeasurementAt(multiple)?.Check(inputDistance, limit) == false;

        Measurement<TIn, TOut, TLoss>? MeasurementAt(BigInteger multiple)
        {
            try
            {
                return measurement(ScaleAt(multiple));
            }
            catch (ArgumentOutOfRangeException)
            {
                return null;
            }
        }

        ArgumentOutOfRangeException NoneSuffices() =>
            new(nameof(limit), limit, $"No multiple of {unit} that the measurement accepts keeps the loss within the limit.");
    }
}
