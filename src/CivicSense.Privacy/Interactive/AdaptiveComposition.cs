namespace CivicSense.Privacy;

/// <summary>
/// Answers as many measurements of one data set as there are budgets, one after another, each within its budget. The budgets are fixed
/// before; which measurement comes next may depend on the earlier answers. Proof: docs/privacy/interactive.md.
/// </summary>
/// <remarks>
/// A question over its budget is refused before data are touched and may be asked again in a cheaper form. Safe for concurrent use; a
/// slow answer does not keep others waiting. OpenDP: make_adaptive_composition.
/// </remarks>
/// <typeparam name="TIn">The type of the data.</typeparam>
/// <typeparam name="TLoss">How the measure counts loss.</typeparam>
public sealed class AdaptiveComposition<TIn, TLoss>
{
    readonly Lock gate = new();
    readonly Session<TIn, TLoss> session;
    readonly Measure<TLoss> measure;
    readonly TLoss[] budgets;
    int next;

    /// <summary>A composition on a data set.</summary>
    /// <param name="space">The space of the data.</param>
    /// <param name="measure">How loss is measured.</param>
    /// <param name="inputDistance">How far apart neighbours are.</param>
    /// <param name="budgets">The most that the first, second, ... answer may lose.</param>
    /// <param name="data">The data. They stay private, and must not be changed by anybody while the composition lives.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number is no distance of the metric, or a budget no loss of the measure.
    /// </exception>
    /// <exception cref="ArgumentException">The data are not a member of the domain.</exception>
    public AdaptiveComposition(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, IEnumerable<TLoss> budgets, TIn data)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(budgets);
        session = new Session<TIn, TLoss>(space, measure, inputDistance, data);
        (this.measure, this.budgets) = (measure, [.. budgets]);
        foreach (var budget in this.budgets)
            measure.RequireLoss(budget, nameof(budgets));

        Loss = measure.Compose(this.budgets);
    }

    /// <summary>The loss of all answers together, whatever is asked: that of the budgets.</summary>
    public TLoss Loss { get; }

    /// <summary>How many answers are left.</summary>
    public int Remaining
    {
        get
        {
            lock (gate)
            {
                return budgets.Length - next;
            }
        }
    }

    /// <summary>Answers a measurement within the next budget.</summary>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match. No budget was used.</exception>
    /// <exception cref="PrivacyBudgetException">It costs more than the next budget, or no budget is left. No budget was used.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement)
    {
        var price = session.Price(measurement);
        UseBudget(price);
        return session.Answer(measurement, price, static _ => true);
    }

    // Before the data are touched, so that an answer that fails is not asked twice.
    void UseBudget(TLoss price)
    {
        lock (gate)
        {
            if (next == budgets.Length)
                throw new PrivacyBudgetException($"All {budgets.Length} budgets are used.");

            if (!measure.IsWithin(price, budgets[next]))
                throw new PrivacyBudgetException($"The answer would lose {price}, and the next budget is {budgets[next]}.");

            next++;
        }
    }
}

/// <summary>Creates compositions whose types the compiler finds out.</summary>
public static class AdaptiveComposition
{
    /// <inheritdoc cref="AdaptiveComposition{TIn, TLoss}(Space{TIn}, Measure{TLoss}, Rational, IEnumerable{TLoss}, TIn)"/>
    public static AdaptiveComposition<TIn, TLoss> For<TIn, TLoss>(
        Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, IEnumerable<TLoss> budgets, TIn data) =>
        new(space, measure, inputDistance, budgets, data);
}
