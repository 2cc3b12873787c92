namespace CivicSense.Privacy;

/// <summary>What the ledger says about one period and one adjacency.</summary>
/// <param name="OwnerDays">The number of days of one owner's data that are protected together.</param>
/// <param name="Adjacency">Which data sets are compared.</param>
/// <param name="Rho">The zCDP loss, exactly.</param>
/// <param name="Epsilon">epsilon at the delta of the statement by the exact conversion of the continuous Gaussian mechanism.</param>
/// <param name="EpsilonBound">
/// epsilon at the same delta by the zCDP theorem, which covers the discrete noise; never below <paramref name="Epsilon"/>.
/// </param>
public sealed record PrivacyLossRow(int OwnerDays, Adjacency Adjacency, Rational Rho, double Epsilon, double EpsilonBound);

/// <summary>The privacy loss of owner-days added up over 1, 7, 30 and 365 of them, for both adjacencies. Immutable.</summary>
public sealed record PrivacyLoss
{
    /// <summary>The delta used unless another is given: 1e-6.</summary>
    public const double DefaultDelta = 1e-6;

    static readonly int[] Periods = [1, 7, 30, 365];

    /// <summary>The statement for a loss per owner-day.</summary>
    /// <param name="rhoPerOwnerDay">zCDP loss of one owner-day under zero-out adjacency; above 0.</param>
    /// <param name="delta">Above 0 and below 1; default 1e-6.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public PrivacyLoss(Rational rhoPerOwnerDay, double delta = DefaultDelta)
    {
        if (rhoPerOwnerDay.Sign <= 0)
            throw new ArgumentOutOfRangeException(nameof(rhoPerOwnerDay), rhoPerOwnerDay, "rho must be above 0.");

        AccountingArguments.ValidateDelta(delta);
        RhoPerOwnerDay = rhoPerOwnerDay;
        Delta = delta;
        Rows =
        [
            .. from adjacency in new[] { Adjacency.ZeroOut, Adjacency.ReplaceOne }
               from days in Periods
               select RowOf(days, adjacency),
        ];
    }

    /// <summary>zCDP loss of one owner-day under zero-out adjacency.</summary>
    public Rational RhoPerOwnerDay { get; }

    /// <summary>The delta of every epsilon in the rows.</summary>
    public double Delta { get; }

    /// <summary>First the four periods under zero-out adjacency, then the four under replace-one adjacency.</summary>
    public IReadOnlyList<PrivacyLossRow> Rows { get; }

    /// <summary>The row of any number of owner-days.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of days is below 1 or the adjacency is unknown.</exception>
    public PrivacyLossRow RowOf(int ownerDays, Adjacency adjacency)
    {
        var rho = ZeroConcentratedAccounting.Under(adjacency, ZeroConcentratedAccounting.Compose(RhoPerOwnerDay, ownerDays));
        var rounded = DirectedRounding.ToDoubleUp(rho);
        return new PrivacyLossRow(
            ownerDays, adjacency, rho, GaussianAccounting.Epsilon(rounded, Delta), ZeroConcentratedAccounting.Epsilon(rounded, Delta));
    }

    /// <summary>Two statements are equal when they are about the same loss at the same delta; the rows follow from these.</summary>
    public bool Equals(PrivacyLoss? other) => other is not null && RhoPerOwnerDay == other.RhoPerOwnerDay && Delta.Equals(other.Delta);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RhoPerOwnerDay, Delta);
}
