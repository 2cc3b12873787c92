using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// The integer part of the owner-day residual Gaussian: the norm bound of an owner-day, the clip that enforces it, and the noise.
/// </summary>
/// <remarks>
/// <para>Proof definition: for every sequence of calls of <see cref="Clip(double, double, ref OwnerDayBudget)"/> on one budget of
/// <see cref="BudgetAtMidnight"/>, whatever the arguments, the squares of the returned integers plus the reserved squares of the activity
/// coordinates sum to at most <see cref="Grid"/>^2. Therefore all sums that an owner-day enters, each noised once by <see cref="Publish"/>,
/// are together <see cref="Rho"/>-zCDP with respect to that owner-day. Statement, assumptions and proof: docs/privacy/owner-day.md.</para>
/// <para>Units: the norm bound is 1; one is <see cref="Grid"/> grid units. Values before
/// <see cref="Clip(double, double, ref OwnerDayBudget)"/> are weighted residuals in units of the norm bound, after it they are integers in
/// grid units.</para>
/// <para>Immutable but for its random generator; safe for concurrent use. A budget belongs to one caller at a time.</para>
/// </remarks>
public sealed class OwnerDayMechanism
{
    /// <summary>The smallest accepted number of grid bits.</summary>
    public const int MinGridBits = 1;

    /// <summary>The largest accepted number of grid bits: Grid^2 must be a long.</summary>
    public const int MaxGridBits = 31;

    /// <summary>Also by value, so that the order in which residuals were given does not matter even where one is given twice.</summary>
    static readonly Comparison<OwnerDayResidual> ByOwnerAndKey = static (left, right) =>
    {
        var order = left.Owner.CompareTo(right.Owner);
        order = order != 0 ? order : left.Key.CompareTo(right.Key);
        return order != 0 ? order : left.WeightedResidual.CompareTo(right.WeightedResidual);
    };

    static readonly Rational DefaultActivityShare = new(5, 100);

    readonly Measurement<IReadOnlyList<Int128>, IReadOnlyList<Int128>, Rational> noise;
    readonly IMechanismTape? tape;

    /// <summary>The mechanism with the given privacy loss per owner-day.</summary>
    /// <param name="rho">zCDP loss of one owner-day under zero-out adjacency; above 0, and not so small that sigma^2 exceeds 2^128.</param>
    /// <param name="gridBits">The norm bound is 2^gridBits grid units; 1 to 31, default 16.</param>
    /// <param name="activityShare">
    /// The share of the squared norm that one activity coordinate takes; at least 0, below 1, default 5/100.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public OwnerDayMechanism(Rational rho, int gridBits = 16, Rational? activityShare = null)
        : this(rho, gridBits, activityShare, OperatingSystemRandomBytes.Instance)
    {
    }

    internal OwnerDayMechanism(Rational rho, int gridBits, Rational? activityShare, IRandomBytes source, IMechanismTape? tape = null)
    {
        if (rho.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, "rho must be above 0.");

        ArgumentOutOfRangeException.ThrowIfLessThan(gridBits, MinGridBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gridBits, MaxGridBits);
        var share = activityShare ?? DefaultActivityShare;
        if (share < Rational.Zero || share >= Rational.One)
            throw new ArgumentOutOfRangeException(nameof(activityShare), share, "The activity share must be at least 0 and below 1.");

        Rho = rho;
        GridBits = gridBits;
        Grid = 1L << gridBits;
        var gridSquared = new BigInteger(Grid) * Grid;
        NoiseVariance = Rational.FromInteger(gridSquared) / (Rational.FromInteger(2) * rho);
        ActivityShare = share;
        ActivityWeight = (long)IntegerSquareRoot.Floor(share.Numerator * gridSquared / share.Denominator);
        if (DiscreteGaussian.WhyRefused(NoiseVariance) is { } reason)
            throw new ArgumentOutOfRangeException(nameof(rho), rho, $"rho gives a noise that cannot be sampled: {reason}");

        noise = DiscreteGaussianMechanism.Vector(new VectorDomain<Int128>(new AtomDomain<Int128>()), NoiseVariance, source);
        this.tape = tape;
    }

    /// <summary>The number of grid units in the norm bound, as a power of two.</summary>
    public int GridBits { get; }

    /// <summary>The norm bound of an owner-day in grid units: 2^<see cref="GridBits"/>.</summary>
    public long Grid { get; }

    /// <summary>The zCDP loss of one owner-day under zero-out adjacency; four times this under replace-one adjacency.</summary>
    public Rational Rho { get; }

    /// <summary>sigma^2 of the noise on every released sum, in squared grid units: Grid^2 / (2 rho), exactly.</summary>
    public Rational NoiseVariance { get; }

    /// <summary>The standard deviation of the noise in units of the norm bound, 1 / sqrt(2 rho). Only for display and estimation.</summary>
    public double Sigma => Math.Sqrt((Rational.One / (Rational.FromInteger(2) * Rho)).ToDouble());

    /// <summary>The share of the squared norm that one activity coordinate may take.</summary>
    public Rational ActivityShare { get; }

    /// <summary>What an active owner adds to the activity coordinate of an area, in grid units: floor(sqrt(ActivityShare) Grid).</summary>
    public long ActivityWeight { get; }

    /// <summary>
    /// The budget with which an owner-day starts: Grid^2 less the square of <see cref="ActivityWeight"/> for every release area in which
    /// the owner is enrolled. It depends on the public enrolment alone, so it is the same whether or not the owner takes part that day.
    /// </summary>
    /// <param name="releaseAreas">The number of release areas of the owner's devices in the release plan; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative, or so large that nothing is left for measurements.</exception>
    public OwnerDayBudget BudgetAtMidnight(int releaseAreas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(releaseAreas);
        var remaining = ((Int128)Grid * Grid) - ((Int128)releaseAreas * ActivityWeight * ActivityWeight);
        if (remaining <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(releaseAreas), releaseAreas,
                $"An activity share of {ActivityShare} in each release area leaves no budget for measurements.");
        }

        return new OwnerDayBudget((long)remaining);
    }

    /// <summary>
    /// One coordinate of an owner-day: rounds a weighted residual toward zero to the grid, limits its magnitude to the cap and to the
    /// square root of the remaining budget, and charges its square.
    /// </summary>
    /// <param name="weightedResidual">In units of the norm bound. NaN and infinities contribute 0 and charge nothing.</param>
    /// <param name="cap">The public bound on the magnitude, in units of the norm bound; finite and at least 0.</param>
    /// <param name="budget">The owner's remaining budget of the day; reduced by the square of the result.</param>
    /// <returns>The contribution to the sum, in grid units. It is odd and monotone in <paramref name="weightedResidual"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The cap is NaN, infinite or negative, or the budget is larger than this mechanism hands out. Neither depends on a measured value;
    /// the budget is unchanged.
    /// </exception>
    public long Clip(double weightedResidual, double cap, ref OwnerDayBudget budget)
    {
        if (!(cap >= 0) || !double.IsFinite(cap))
            throw new ArgumentOutOfRangeException(nameof(cap), cap, "The cap must be finite and at least 0.");

        if (budget.Remaining > Grid * Grid)
        {
            throw new ArgumentOutOfRangeException(
                nameof(budget), "The budget is larger than Grid^2: it belongs to a mechanism with another grid.");
        }

        if (!double.IsFinite(weightedResidual))
            return 0;

        // At most 2^31, so exact as a double; the product with a power of two is exact or infinite. After the conversion only integers.
        var limit = IntegerSquareRoot.Floor(budget.Remaining);
        var scaled = Math.Min(Math.Abs(weightedResidual), cap) * Grid;
        var magnitude = scaled < limit ? (long)scaled : limit;
        budget = new OwnerDayBudget(budget.Remaining - (magnitude * magnitude));
        return weightedResidual < 0 ? -magnitude : magnitude;
    }

    /// <summary>
    /// Clips the residuals of one window and adds them up: the transformation whose result <see cref="Publish"/> noises. Every owner's
    /// contributions come from that owner's residuals and budget alone; keys are served in ascending order.
    /// </summary>
    /// <param name="domain">The caps and the enrolment of the plan; public.</param>
    /// <param name="window">What the owners measured, and what is left to them; private.</param>
    /// <returns>The exact sums and what they leave of the budgets. Both are private.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The plan enrols an owner in so many areas that nothing is left for measurements. No measured value can cause it.
    /// </exception>
    /// <exception cref="ArgumentException">A key of the window is not one of the plan's.</exception>
    public ClippedWindow Clip(OwnerDayDomain domain, OwnerDayWindow window)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(window);
        var filter = new OwnerDayFilter(this, domain, window.Remaining);
        if (!domain.Contains(window))
            throw new ArgumentException("A key of the window is not one of the plan's.", nameof(window));

        OwnerDayResidual[] residuals = [.. window.Residuals];
        Array.Sort(residuals, ByOwnerAndKey);
        var sums = new Int128[domain.Caps.Length];
        foreach (var residual in residuals)
        {
            // Always fits: fewer than 2^31 contributions below 2^32.
            sums[residual.Key] += filter.Charge(residual);
        }

        return new ClippedWindow(sums, filter.Remaining);
    }

    /// <summary>
    /// The exact activity of a day: <see cref="ActivityWeight"/> for every active owner and area, but for no owner in more areas than the
    /// plan reserved for.
    /// </summary>
    /// <param name="areas">The number of areas in the plan; public.</param>
    /// <param name="domain">The enrolment of the plan; public.</param>
    /// <param name="active">Who was active where; repetitions count once. Private.</param>
    /// <returns>The exact sums in area order, in grid units. Private.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An area is not one of the plan's.</exception>
    public IReadOnlyList<Int128> ActivitySums(int areas, OwnerDayDomain domain, IEnumerable<(int Owner, int Area)> active)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(areas);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(active);
        var pairs = active.ToHashSet();
        if (pairs.Any(pair => (uint)pair.Area >= (uint)areas))
            throw new ArgumentOutOfRangeException(nameof(active), $"An area is from 0 to {areas - 1}.");

        var sums = new Int128[areas];
        foreach (var own in pairs.GroupBy(pair => pair.Owner))
        {
            foreach (var (_, area) in own.OrderBy(pair => pair.Area).Take(domain.Enrolment.GetValueOrDefault(own.Key)))
            {
                sums[area] += ActivityWeight;
            }
        }

        return sums;
    }

    /// <summary>
    /// Every sum plus one discrete Gaussian draw of its own with parameter <see cref="NoiseVariance"/>. Call it once per key, and publish
    /// the result once.
    /// </summary>
    /// <param name="exactSums">The exact sums, in grid units, one for every key of the plan whether anybody contributed or not.</param>
    /// <returns>The values to publish, in the same order.</returns>
    public IReadOnlyList<Int128> Publish(IReadOnlyList<Int128> exactSums)
    {
        ArgumentNullException.ThrowIfNull(exactSums);
        return tape is null ? Draw() : tape.Publish(exactSums, Draw);

        IReadOnlyList<Int128> Draw() => noise.Release(Grid, exactSums).Value;
    }

    /// <summary>
    /// The measurement that one window's release is: <see cref="Clip(OwnerDayDomain, OwnerDayWindow)"/>, then <see cref="Publish"/>. Its
    /// map is d^2 rho for d owner-days, and four times that where they are replaced.
    /// </summary>
    /// <remarks>
    /// That is what one window loses by itself. All windows and the activity of a day lose no more together, because they share the owners'
    /// budgets: <see cref="Map"/> and docs/privacy/owner-day.md.
    /// </remarks>
    /// <param name="domain">The caps and the enrolment of the plan; public.</param>
    /// <param name="adjacency">Which windows are neighbours.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The plan enrols an owner in so many areas that nothing is left for measurements, or the adjacency is unknown.
    /// </exception>
    public Measurement<OwnerDayWindow, IReadOnlyList<Int128>, Rational> Window(OwnerDayDomain domain, Adjacency adjacency)
    {
        ArgumentNullException.ThrowIfNull(domain);
        BudgetAtMidnight(domain.MostAreas);
        var sums = new Transformation<OwnerDayWindow, IReadOnlyList<Int128>>(
            new Space<OwnerDayWindow>(domain, new OwnerDayDistance(adjacency)),
            noise.Input,
            window => Clip(domain, window).Sums,
            ownerDays => ownerDays * Reach(adjacency));
        return sums.Then(noise);
    }

    /// <summary>
    /// The zCDP loss of everything that is released of one privacy day, for a number of owner-days together: d^2 rho, or 4 d^2 rho.
    /// </summary>
    /// <param name="ownerDays">How many owners' days differ; a whole number of at least 0.</param>
    /// <param name="adjacency">What may become of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or no whole number, or the adjacency is unknown.</exception>
    public Rational Map(Rational ownerDays, Adjacency adjacency) =>
        Window(new OwnerDayDomain([], []), adjacency).Map(ownerDays);

    /// <summary>How far one owner-day can move the vector of all sums of a day, in grid units.</summary>
    Rational Reach(Adjacency adjacency) => adjacency switch
    {
        Adjacency.ZeroOut => Rational.FromInteger(Grid),
        Adjacency.ReplaceOne => Rational.FromInteger(2 * Grid),
        _ => throw new ArgumentOutOfRangeException(nameof(adjacency), adjacency, "Unknown adjacency."),
    };
}
