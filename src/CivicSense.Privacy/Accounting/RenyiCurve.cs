namespace CivicSense.Privacy;

/// <summary>
/// Renyi differential privacy (Mironov 2017): for each order alpha of a fixed public list an exact upper bound of the Renyi divergence of
/// order alpha between the outputs on two neighbouring data sets, in either direction. Immutable; equal when orders and losses are equal.
/// </summary>
/// <remarks>Proofs: docs/privacy/renyi.md.</remarks>
public sealed class RenyiCurve : IEquatable<RenyiCurve>
{
    readonly Rational[] orders;
    readonly Rational[] losses;

    /// <summary>The curve with the given losses at the given orders.</summary>
    /// <param name="orders">At least one order, each above 1, strictly increasing.</param>
    /// <param name="losses">As many losses, each at least 0, not decreasing: no Renyi divergence falls as its order grows.</param>
    /// <exception cref="ArgumentException">There are no orders, or not as many losses as orders.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An order or a loss is outside its range or out of order.</exception>
    public RenyiCurve(IReadOnlyList<Rational> orders, IReadOnlyList<Rational> losses)
    {
        ArgumentNullException.ThrowIfNull(orders);
        ArgumentNullException.ThrowIfNull(losses);
        if (orders.Count == 0 || orders.Count != losses.Count)
        {
            throw new ArgumentException(
                $"A curve needs at least one order and as many losses as orders, not {orders.Count} and {losses.Count}.", nameof(losses));
        }

        RequireIncreasing(orders);
        RequireNotDecreasing(losses);
        this.orders = [.. orders];
        this.losses = [.. losses];
    }

    /// <summary>The orders that are used unless others are given: 1.01, then four to each doubling of alpha - 1, up to 1024.</summary>
    public static IReadOnlyList<Rational> DefaultOrders { get; } =
    [
        new Rational(101, 100),
        .. from power in Enumerable.Range(-6, 16)
           from quarter in Enumerable.Range(4, 4)
           select Rational.One + Rational.FromDyadic(quarter, power - 2),
        1024,
    ];

    /// <summary>The curve of something that depends on no data: 0 at every default order.</summary>
    public static RenyiCurve Zero { get; } = OfZeroConcentrated(Rational.Zero);

    /// <summary>The orders, strictly increasing.</summary>
    public IReadOnlyList<Rational> Orders => orders;

    /// <summary>The loss at each order.</summary>
    public IReadOnlyList<Rational> Losses => losses;

    /// <summary>rho-zCDP at the default orders: alpha rho, by definition (Bun and Steinke 2016, definition 1.1).</summary>
    /// <param name="rho">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">rho is below 0.</exception>
    public static RenyiCurve OfZeroConcentrated(Rational rho)
    {
        if (rho.Sign < 0)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be at least 0.");

        return AtDefaultOrders(order => order * rho);
    }

    /// <summary>
    /// Pure epsilon-differential privacy at the default orders: the curve of binary randomised response, which dominates every other
    /// mechanism with that epsilon, and never above alpha epsilon^2 / 2 or epsilon. Rounded up.
    /// </summary>
    /// <param name="epsilon">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon is below 0.</exception>
    public static RenyiCurve OfPure(Rational epsilon)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        return AtDefaultOrders(order => PureLoss(order, epsilon));
    }

    /// <summary>
    /// A sum of integers plus discrete Laplace noise, P(x) proportional to exp(-|x| / scale), where neighbours move the sum by
    /// at most <paramref name="sensitivity"/>. At the default orders, from the closed form, rounded up.
    /// </summary>
    /// <param name="scale">Above 0.</param>
    /// <param name="sensitivity">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static RenyiCurve OfDiscreteLaplace(Rational scale, long sensitivity)
    {
        AccountingArguments.ValidateScale(scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(sensitivity, 1);
        var inverseScale = Rational.One / scale;
        var epsilon = inverseScale * sensitivity;
        return AtDefaultOrders(order => Rational.Min(PureLoss(order, epsilon), DiscreteLaplaceLoss(order, inverseScale, sensitivity)));
    }

    /// <summary>The loss of both together, also where the second depends on what the first has released (Mironov 2017, prop. 1).</summary>
    /// <exception cref="ArgumentException">The other curve has other orders.</exception>
    public RenyiCurve Compose(RenyiCurve other)
    {
        RequireSameOrders(other, nameof(other));
        return new(orders, [.. losses.Zip(other.losses, (mine, its) => mine + its)]);
    }

    /// <summary>The loss of that many repetitions together.</summary>
    /// <param name="times">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public RenyiCurve Compose(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return new(orders, [.. losses.Select(loss => loss * times)]);
    }

    /// <summary>
    /// Whether the loss is at most the limit at every order. One order would not do: the limit promises all of its orders to whoever
    /// converts or composes it further.
    /// </summary>
    /// <exception cref="ArgumentException">The limit has other orders.</exception>
    public bool IsWithin(RenyiCurve limit)
    {
        RequireSameOrders(limit, nameof(limit));
        return losses.Zip(limit.losses).All(pair => pair.First <= pair.Second);
    }

    /// <summary>
    /// A certain upper bound of the epsilon at a delta: the smallest over the orders (Canonne, Kamath, Steinke 2020, proposition 12).
    /// </summary>
    /// <param name="delta">Above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">delta is outside its range.</exception>
    public Rational EpsilonBound(Rational delta)
    {
        AccountingArguments.ValidateDelta(delta);
        var logDelta = DirectedRounding.LogDown(delta);
        return orders.Zip(losses, (order, loss) => RenyiConversion.EpsilonAt(order - Rational.One, loss, logDelta)).Min();
    }

    /// <summary>A certain upper bound of the delta at an epsilon: the smallest over the orders, at most 1.</summary>
    /// <param name="epsilon">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">epsilon is outside its range.</exception>
    public Rational DeltaBound(Rational epsilon)
    {
        AccountingArguments.ValidateEpsilon(epsilon);
        return orders.Zip(losses, (order, loss) => RenyiConversion.DeltaAt(order - Rational.One, loss, epsilon)).Min();
    }

    /// <inheritdoc/>
    public bool Equals(RenyiCurve? other) =>
        other is not null && orders.AsSpan().SequenceEqual(other.orders) && losses.AsSpan().SequenceEqual(other.losses);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RenyiCurve);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(orders.Length, losses[0], losses[^1]);

    /// <summary>How many orders there are, and the losses at the first and the last.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{orders.Length} orders from {orders[0]} (loss {losses[0].ToDouble():G4}) to {orders[^1]} (loss {losses[^1].ToDouble():G4})");

    /// <summary>
    /// A bound at one order bounds the smaller orders too, so rounding can be kept from breaking the order of the losses.
    /// </summary>
    static RenyiCurve AtDefaultOrders(Func<Rational, Rational> bound)
    {
        var bounds = DefaultOrders.Select(bound).ToArray();
        for (var i = bounds.Length - 2; i >= 0; i--)
            bounds[i] = Rational.Min(bounds[i], bounds[i + 1]);

        return new(DefaultOrders, bounds);
    }

    /// <summary>epsilon + ln((1 + exp((1 - 2 alpha) epsilon)) / (1 + exp(-epsilon))) / (alpha - 1).</summary>
    static Rational PureLoss(Rational order, Rational epsilon)
    {
        var numerator = Rational.One + DirectedRounding.ExpUp((Rational.One - (order * 2)) * epsilon);
        var ratio = numerator / (Rational.One + DirectedRounding.ExpDown(-epsilon));
        var randomisedResponse = DirectedRounding.RoundUp(epsilon + (DirectedRounding.LogUp(ratio) / (order - Rational.One)));
        return Rational.Min(Rational.Min(randomisedResponse, epsilon), order * epsilon * epsilon / 2);
    }

    /// <summary>
    /// sensitivity s + ln(A) / (alpha - 1), where s = 1 / scale, r = exp(-(2 alpha - 1) s) and
    /// A = (1 + r^sensitivity) / (1 + exp(-s)) + (1 - exp(-s)) / (1 + exp(-s)) (r - r^sensitivity) / (1 - r).
    /// </summary>
    static Rational DiscreteLaplaceLoss(Rational order, Rational inverseScale, long sensitivity)
    {
        var decay = -((order * 2) - Rational.One) * inverseScale;
        var (ratioUp, powerUp) = (DirectedRounding.ExpUp(decay), DirectedRounding.ExpUp(decay * sensitivity));
        var stepDown = DirectedRounding.ExpDown(-inverseScale);
        var epsilon = inverseScale * sensitivity;
        if (ratioUp >= Rational.One)
            return epsilon;

        var middle = Rational.Max(Rational.Zero, ratioUp - DirectedRounding.ExpDown(decay * sensitivity)) / (Rational.One - ratioUp);
        var sum = (Rational.One + powerUp + ((Rational.One - stepDown) * middle)) / (Rational.One + stepDown);
        return Rational.Max(Rational.Zero, DirectedRounding.RoundUp(epsilon + (DirectedRounding.LogUp(sum) / (order - Rational.One))));
    }

    static void RequireIncreasing(IReadOnlyList<Rational> orders)
    {
        for (var i = 0; i < orders.Count; i++)
        {
            if (orders[i] <= Rational.One || (i > 0 && orders[i] <= orders[i - 1]))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(orders), orders[i], $"Order {i} must be above 1 and above the order before it.");
            }
        }
    }

    static void RequireNotDecreasing(IReadOnlyList<Rational> losses)
    {
        for (var i = 0; i < losses.Count; i++)
        {
            if (losses[i].Sign < 0 || (i > 0 && losses[i] < losses[i - 1]))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(losses), losses[i], $"Loss {i} must be at least 0 and not below the loss before it.");
            }
        }
    }

    void RequireSameOrders(RenyiCurve other, string argument)
    {
        ArgumentNullException.ThrowIfNull(other, argument);
        if (!orders.AsSpan().SequenceEqual(other.orders))
            throw new ArgumentException("The curves have different orders.", argument);
    }
}
