using System.Collections.Immutable;

namespace CivicSense.Commons;

/// <summary>What will be released of one privacy day, and how: fixed before the first window it covers begins, and public.</summary>
/// <remarks>
/// <para>Keys are the pairs (area, quantity). They are numbered area by area: key i is area i / Q and quantity i % Q, with Q quantities.
/// For every window of the day each key gets exactly one noisy value, also where nobody contributed.</para>
/// <para>Which household belongs to which area is fixed together with the plan, but kept in the vault.</para>
/// </remarks>
public sealed record ReleasePlan
{
    /// <summary>The privacy day.</summary>
    public required PrivacyDay Day { get; init; }

    /// <summary>The node's time zone, an IANA name such as <c>Europe/London</c>.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The first window the plan covers: the day's first, or a later one if the node began during the day.</summary>
    public required HourWindow FirstWindow { get; init; }

    /// <summary>
    /// The last window the plan covers, which closes the day. Fixed with the plan, whatever becomes of the time zone's rules.
    /// </summary>
    public required HourWindow LastWindow { get; init; }

    /// <summary>Whose time closes the windows. Default <see cref="ClockMode.Wall"/>; the guarantee is claimed for that one only.</summary>
    public ClockMode Clock { get; init; } = ClockMode.Wall;

    /// <summary>The release areas in quadkey order.</summary>
    public required ImmutableArray<PlannedArea> Areas { get; init; }

    /// <summary>The released quantities.</summary>
    public required ImmutableArray<PlannedQuantity> Quantities { get; init; }

    /// <summary>
    /// Which formula is applied to the raw values of devices of which model, before residuals are formed. In order of model, each at most
    /// once; values of other models stay as they are. Default none. It comes from the settings, whose model names are published for good
    /// with the plan: they should be names of products, never of persons or places.
    /// </summary>
    public ImmutableArray<PlannedCalibration> Calibrations { get; init; } = [];

    /// <summary>The zCDP cost of the whole day for one owner (owner's data of the day absent).</summary>
    public required decimal Rho { get; init; }

    /// <summary>
    /// The standard deviation of the noise in units of the norm bound, 1/sqrt(2 rho). The noise itself is drawn with the exact rational.
    /// </summary>
    public required double Sigma { get; init; }

    /// <summary>Grid steps per unit of the norm bound; measurements are integers on this grid.</summary>
    public required long Grid { get; init; }

    /// <summary>The share of the squared norm budget that is reserved for the activity in each of an owner's areas. Default 0.05.</summary>
    public decimal ActivityShare { get; init; } = 0.05m;

    /// <summary>What one active owner adds to an area's activity, in grid steps.</summary>
    public required long ActivityWeight { get; init; }

    /// <summary>
    /// How evenly an owner's budget is spread over the day: 1 spends at most an equal part of what is left in every hour, more lets a
    /// single hour take more (see <see cref="Pace"/>). 0 lets any hour take all that is left, as before there was pacing. Default 1.5.
    /// </summary>
    public decimal Pacing { get; init; } = 1.5m;

    /// <summary>The number of keys of one window.</summary>
    public int KeyCount => Areas.Length * Quantities.Length;

    /// <summary>The number of a key.</summary>
    public int KeyIndex(int area, int quantity) => area * Quantities.Length + quantity;

    /// <summary>
    /// Which share of what is left of an owner's budget a quantity may take in a window: the quantity's part of the shares, times <see
    /// cref="Pacing"/> squared over the number of windows left in the day with this one, but at most that part. An owner in several areas
    /// has it for all of them together. Public, the same for all owners; 1 where there is no pacing. See docs/decisions/0011-pacing.md.
    /// </summary>
    /// <remarks>The quantities' shares of one window sum to at most 1: no quantity takes what another may have in the same hour.</remarks>
    /// <param name="quantity">The quantity's number in the plan.</param>
    /// <param name="window">A window of the plan.</param>
    /// <exception cref="ArgumentOutOfRangeException">The plan does not cover <paramref name="window"/>.</exception>
    public double Pace(int quantity, HourWindow window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, FirstWindow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, LastWindow);
        if (Pacing == 0)
            return 1;
        var part = Quantities[quantity].Share / Quantities.Sum(planned => planned.Share);
        var left = LastWindow.Index - window.Index + 1;
        return (double)(part * Math.Min(1, Pacing * Pacing / left));
    }

    /// <summary>The windows that the plan covers, in order.</summary>
    public IEnumerable<HourWindow> Windows()
    {
        for (var window = FirstWindow; window <= LastWindow; window = window.Next)
            yield return window;
    }

    /// <inheritdoc/>
    public bool Equals(ReleasePlan? other) =>
        other is not null && PlanDocument.Write(this) == PlanDocument.Write(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Day, FirstWindow, Areas.Length, Quantities.Length);
}

/// <summary>A release area of a plan.</summary>
/// <param name="Area">The cell.</param>
/// <param name="EnrolledOwners">
/// How many households are enrolled in it. Enrolment is public in the adjacency that the guarantee uses; who is active is not.
/// </param>
public sealed record PlannedArea(Area Area, int EnrolledOwners);

/// <summary>A released quantity of a plan.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Share">Its share of the squared norm budget. All shares and the activity's sum to at most 1.</param>
/// <param name="Weight">w_q = sqrt(share) / C_q: norm units per model-scale unit.</param>
/// <param name="Cap">k_q: the largest residual of one hour, on the model scale.</param>
public sealed record PlannedQuantity(Quantity Quantity, decimal Share, double Weight, double Cap);

/// <summary>What a plan makes of the raw values of one device model.</summary>
/// <param name="Model">The model, see <see cref="DeviceModel"/>.</param>
/// <param name="Formula">The formula; its id in the plan is its version.</param>
public sealed record PlannedCalibration(string Model, CalibrationFormula Formula);
