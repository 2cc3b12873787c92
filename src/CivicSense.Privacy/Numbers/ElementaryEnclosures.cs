using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// Enclosures of exp, log and pi by power series whose remainders are bounded. Proofs: docs/privacy/directed-rounding.md, lemmas 2 to 4.
/// </summary>
static class ElementaryEnclosures
{
    /// <summary>ln 2 = 2 artanh(1/3).</summary>
    public static Enclosure LogTwo { get; } = ArtanhOfSmall(Enclosure.Of(new Rational(1, 3))) * 2;

    /// <summary>pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin).</summary>
    public static Enclosure Pi { get; } = (ArctanOfInverse(5) * 16) - (ArctanOfInverse(239) * 4);

    /// <summary>exp of an interval as 2^k exp(r): an enclosure of exp(r), with r from 0 to 1, and k.</summary>
    public static (Enclosure Fraction, int PowerOfTwo) Exp(Enclosure x)
    {
        // The choice of k needs no care: what follows only needs r to lie in [0, 1], and ExpOfFraction checks that.
        var k = (int)Math.Floor(x.LowEnd.ToDouble() / 0.69314718055994531);
        var r = x - (LogTwo * k);
        if (r.Low.Sign < 0)
        {
            k--;
            r = x - (LogTwo * k);
        }

        return (ExpOfFraction(r), k);
    }

    /// <summary>exp of an interval within [0, 1].</summary>
    public static Enclosure ExpOfFraction(Enclosure x)
    {
        if (x.Low.Sign < 0 || x.High > Enclosure.Unit)
            throw new ArgumentOutOfRangeException(nameof(x), x, "The argument must lie between 0 and 1.");

        // exp is increasing, so each end needs one rounding direction only. The terms left out sum to less than twice the last term kept,
        // which is at most two units.
        var (low, lowTerm) = (Enclosure.Unit, Enclosure.Unit);
        var (high, highTerm) = (Enclosure.Unit, Enclosure.Unit);
        for (var n = 1; highTerm > 2; n++)
        {
            lowTerm = ((lowTerm * x.Low) >> Enclosure.FractionBits) / n;
            low += lowTerm;
            highTerm = ((((highTerm * x.High) >> Enclosure.FractionBits) + 1) / n) + 1;
            high += highTerm;
        }

        return new(low, high + 4);
    }

    /// <summary>ln(x) for a rational number between 1/2 and 2, as 2 artanh((x - 1) / (x + 1)).</summary>
    public static Enclosure LogOfFraction(Rational x)
    {
        var (numerator, denominator) = (x.Numerator, x.Denominator);
        var magnitude = Enclosure.Of(new Rational(BigInteger.Abs(numerator - denominator), numerator + denominator));
        var half = ArtanhOfSmall(magnitude);
        return numerator >= denominator ? half * 2 : half * -2;
    }

    /// <summary>artanh(u) = u + u^3/3 + u^5/5 + ... for an interval within [0, 1/3].</summary>
    static Enclosure ArtanhOfSmall(Enclosure u)
    {
        var square = u * u;
        var power = u;
        var (low, high) = (u.Low, u.High);

        // The terms left out are below power + power/9 + power/81 + ... , hence below two powers.
        for (var n = 3; power.High > 2; n += 2)
        {
            power *= square;
            low += power.Low / n;
            high += (power.High / n) + 1;
        }

        return new(low, high + (2 * power.High));
    }

    /// <summary>arctan(1/m) = 1/m - 1/(3 m^3) + 1/(5 m^5) - ... for an integer m of at least 2.</summary>
    static Enclosure ArctanOfInverse(int m)
    {
        // Alternating with decreasing terms: what is left out is smaller than the last power kept.
        var power = Enclosure.Of(new Rational(1, m));
        var square = Enclosure.Of(new Rational(1, m * m));
        var sum = power;
        var negative = true;
        for (var n = 3; power.High > 2; n += 2)
        {
            power *= square;
            var term = new Enclosure(power.Low / n, (power.High / n) + 1);
            sum = negative ? sum - term : sum + term;
            negative = !negative;
        }

        return new(sum.Low - power.High, sum.High + power.High);
    }
}
