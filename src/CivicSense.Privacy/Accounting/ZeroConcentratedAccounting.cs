namespace CivicSense.Privacy;

/// <summary>
/// Zero-concentrated differential privacy (Bun and Steinke 2016): composition, the price of replace-one adjacency, a bound on the privacy
/// loss itself, and the conversion to (epsilon, delta) that holds for every rho-zCDP mechanism (Canonne, Kamath, Steinke 2020,
/// proposition 12 and corollary 13), hence as a theorem for the discrete Gaussian.
/// </summary>
/// <remarks>
/// Conversions are rounded toward more privacy loss: the order alpha is searched in doubles, and the bound at that order is then computed
/// in exact arithmetic with directed rounding. See docs/privacy/accounting.md.
/// </remarks>
public static class ZeroConcentratedAccounting
{
    /// <summary>
    /// The loss of several owner-days together: rho n, exactly, also when what is done on later days depends on what was released before.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">rho is negative or the number of days is below 1.</exception>
    public static Rational Compose(Rational rho, int ownerDays)
    {
        ThrowIfNegative(rho);
        ArgumentOutOfRangeException.ThrowIfLessThan(ownerDays, 1);
        return rho * Rational.FromInteger(ownerDays);
    }

    /// <summary>
    /// The loss under an adjacency, from the loss under zero-out adjacency: rho, or 4 rho where the owner's data are replaced.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">rho is negative or the adjacency is unknown.</exception>
    public static Rational Under(Adjacency adjacency, Rational rho)
    {
        ThrowIfNegative(rho);
        return adjacency switch
        {
            Adjacency.ZeroOut => rho,
            Adjacency.ReplaceOne => rho * Rational.FromInteger(4),
            _ => throw new ArgumentOutOfRangeException(nameof(adjacency), adjacency, "Unknown adjacency."),
        };
    }

    /// <summary>
    /// A bound L on the privacy loss of what was released, ln(P/Q) for data P and their neighbour Q: rho + 2 sqrt(rho ln(1/probability)),
    /// rounded up; 0 where rho is 0. Whichever of the two are the true data, the loss in their favour exceeds L with at most the given
    /// probability. So does the odds' move from the neighbour to the truth exceed e^L, and from one half a belief in the truth goes above
    /// 1 / (1 + e^-L), with at most that probability. Bun and Steinke 2016, proof of lemma 3.5; docs/privacy/accounting.md.
    /// </summary>
    /// <remarks>
    /// This is not the epsilon of <see cref="EpsilonBound"/> with delta = probability, which is smaller and may well be exceeded with a
    /// probability above delta.
    /// </remarks>
    /// <param name="rho">At least 0.</param>
    /// <param name="probability">Above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational LossBound(Rational rho, Rational probability)
    {
        ThrowIfNegative(rho);
        AccountingArguments.ValidateDelta(probability);
        return DirectedRounding.RoundUp(rho + (2 * DirectedRounding.SqrtUp(rho * -DirectedRounding.LogDown(probability))));
    }

    /// <summary>
    /// An epsilon for which every rho-zCDP mechanism is (epsilon, delta)-differentially private: the minimum over alpha, rounded up.
    /// </summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Epsilon(double rho, double delta)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateDelta(delta);
        return DirectedRounding.ToDoubleUp(EpsilonBound(Rational.FromDouble(rho), Rational.FromDouble(delta)));
    }

    /// <summary>
    /// A delta for which every rho-zCDP mechanism is (epsilon, delta)-differentially private: the minimum over alpha, rounded up.
    /// </summary>
    /// <param name="rho">Above 0, finite.</param>
    /// <param name="epsilon">At least 0, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Delta(double rho, double epsilon)
    {
        AccountingArguments.ValidateRho(rho);
        AccountingArguments.ValidateEpsilon(epsilon);
        return DirectedRounding.ToDoubleUp(DeltaBound(Rational.FromDouble(rho), Rational.FromDouble(epsilon)));
    }

    /// <summary>
    /// A certain upper bound of the epsilon of <see cref="Epsilon"/> for exact arguments; 0 where rho is 0. For every order alpha,
    /// epsilon = alpha rho + ln(1 - 1/alpha) - ln(delta alpha) / (alpha - 1) is valid (Canonne, Kamath, Steinke 2020, proposition 12).
    /// </summary>
    /// <param name="rho">At least 0.</param>
    /// <param name="delta">Above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational EpsilonBound(Rational rho, Rational delta)
    {
        ThrowIfNegative(rho);
        AccountingArguments.ValidateDelta(delta);
        if (rho.Sign == 0)
            return Rational.Zero;

        var logDelta = DirectedRounding.LogDown(delta);
        var (rhoNear, logDeltaNear) = (rho.ToDouble(), logDelta.ToDouble());
        var excess = RenyiOrderSearch.BestExcess(excess =>
            (rhoNear * (1 + excess)) + RenyiOrderSearch.LogOneMinusInverse(excess) - ((logDeltaNear + double.LogP1(excess)) / excess));
        return RenyiConversion.EpsilonAt(excess, rho * (Rational.One + excess), logDelta);
    }

    /// <summary>A certain upper bound of the delta of <see cref="Delta"/> for exact arguments; 0 where rho is 0, never above 1.</summary>
    /// <param name="rho">At least 0.</param>
    /// <param name="epsilon">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Rational DeltaBound(Rational rho, Rational epsilon)
    {
        ThrowIfNegative(rho);
        AccountingArguments.ValidateEpsilon(epsilon);
        if (rho.Sign == 0)
            return Rational.Zero;

        var (rhoNear, epsilonNear) = (rho.ToDouble(), epsilon.ToDouble());
        var excess = RenyiOrderSearch.BestExcess(excess =>
            (excess * ((rhoNear * (1 + excess)) - epsilonNear + RenyiOrderSearch.LogOneMinusInverse(excess))) - double.LogP1(excess));
        return RenyiConversion.DeltaAt(excess, rho * (Rational.One + excess), epsilon);
    }

    static void ThrowIfNegative(Rational rho)
    {
        if (rho.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be at least 0.");
    }
}
