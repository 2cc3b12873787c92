namespace CivicSense.Privacy;

/// <summary>
/// Enclosures of the Mills ratio R(x) = P(Z > x) / density(x) of the standard normal law. Proof: docs/privacy/accounting.md, lemma 1.
/// </summary>
static class NormalTailEnclosure
{
    static readonly Rational SeriesLimit = 6;

    /// <summary>sqrt(2 pi).</summary>
    public static Enclosure SquareRootOfTwoPi { get; } =
        new(Enclosure.SquareRoot(ElementaryEnclosures.Pi.LowEnd * 2).Low, Enclosure.SquareRoot(ElementaryEnclosures.Pi.HighEnd * 2).High);

    /// <summary>R on an interval of numbers of at least zero. R is decreasing, so each end of x gives one end of the result.</summary>
    public static Enclosure MillsRatio(Enclosure x)
    {
        var (atLow, atHigh) = (AtPoint(new(x.Low, x.Low)), AtPoint(new(x.High, x.High)));
        return new(atHigh.Low, atLow.High);
    }

    static Enclosure AtPoint(Enclosure x) => x.LowEnd < SeriesLimit ? BySeries(x) : ByContinuedFraction(x);

    /// <summary>R(x) = sqrt(pi/2) exp(x^2/2) - (x + x^3/3 + x^5/(3 5) + ...).</summary>
    static Enclosure BySeries(Enclosure x)
    {
        var square = x * x;
        var (fraction, powerOfTwo) = ElementaryEnclosures.Exp(square.TimesPowerOfTwo(-1));
        var full = (SquareRootOfTwoPi * fraction).TimesPowerOfTwo(powerOfTwo - 1);

        // From n > 2 x^2 on, each term is below half of the one before it: what is left out is below the last term.
        var (sum, term) = (x, x);
        for (var n = 3; term.High > 8 || n <= 2 * (int)(square.HighEnd.ToDouble() + 1); n += 2)
        {
            term = term * square / Enclosure.Of(n);
            sum += term;
        }

        return full - new Enclosure(sum.Low, sum.High + term.High);
    }

    /// <summary>
    /// R(x) = 1 / t(0) with t(n) = x + (n + 1) / t(n + 1), where every t(n) lies between x and x + (n + 1) / x.
    /// </summary>
    static Enclosure ByContinuedFraction(Enclosure x)
    {
        // The interval shrinks by about exp(-2 x sqrt(n)): this many levels leave less than 2^-200. More would only cost time.
        var levels = 40 + (int)(8000 / Math.Pow(x.LowEnd.ToDouble(), 2));
        var tail = new Enclosure(x.Low, (x + (Enclosure.Of(levels + 1) / x)).High);
        for (var n = levels; n >= 1; n--)
            tail = x + (Enclosure.Of(n) / tail);

        return Enclosure.One / tail;
    }
}
