namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>Faults in the norm bound of an owner-day: clip, budget, sums, activity.</summary>
static class MechanismFaults
{
    const string Mechanism = "CivicSense.Privacy/OwnerDay/OwnerDayMechanism.cs";
    const string Charge = "sums[residual.Key] += filter.Charge(residual);";

    public static IReadOnlyList<SeededFault> All { get; } =
    [
        new(1, "Sensitivity off by two", "The noise fits half of what an owner-day can move.", Mechanism,
            "(Rational.FromInteger(2) * rho);\n", "(Rational.FromInteger(8) * rho);\n", Audit.NormBound),
        new(2, "Clip computed and not used", "The sum takes the value as it was before the clip.", Mechanism,
            Charge,
            "filter.Charge(residual);\n"
            + "sums[residual.Key] += (long)(residual.WeightedResidual * Grid);", Audit.WindowRelease),
        new(3, "Square not charged", "The budget is charged the magnitude, not its square.", Mechanism,
            "budget.Remaining - (magnitude * magnitude)", "budget.Remaining - magnitude", Audit.NormBound),
        new(4, "Activity share not reserved", "The activity coordinate comes on top of a full norm bound.", Mechanism,
            "((Int128)Grid * Grid) - ((Int128)releaseAreas * ActivityWeight * ActivityWeight)", "(Int128)Grid * Grid", Audit.NormBound),
        new(5, "Activity reserved for one area only", "An owner in several areas has an activity coordinate in each.", Mechanism,
            "((Int128)releaseAreas * ActivityWeight * ActivityWeight)",
            "((Int128)Math.Min(releaseAreas, 1) * ActivityWeight * ActivityWeight)", Audit.NormBound),
        new(6, "NaN through the clamp", "A value that is no number counts as the largest there is.", Mechanism,
            "if (!double.IsFinite(weightedResidual))", "if (double.IsInfinity(weightedResidual))", Audit.NormBound),
        new(7, "Double instead of integer sum",
            "Values are rounded after they were added up, not before: owners mix, and each adds more than it was charged.", Mechanism,
            "var sums = new Int128[domain.Caps.Length];", "var sums = new double[domain.Caps.Length];", Audit.WindowRelease)
        {
            Further =
            [
                (Charge, "var charged = filter.Charge(residual);\n"
                    + "sums[residual.Key] += Math.Clamp(residual.WeightedResidual * Grid, charged - 1d, charged + 1d);"),
                ("return new ClippedWindow(sums, ", "return new ClippedWindow([.. sums.Select(sum => (Int128)Math.Truncate(sum))], "),
            ],
        },
        new(8, "Negative budget", "A budget that was overspent is accepted.", "CivicSense.Privacy/OwnerDay/OwnerDayBudget.cs",
            "= Remaining >= 0", "= Remaining >= long.MinValue", Audit.NormBound),
        new(9, "Budget shared by all owners", "One owner's values decide what another's may still add.",
            "CivicSense.Privacy/OwnerDay/OwnerDayFilter.cs",
            "remaining.TryGetValue(residual.Owner, out var left)", "remaining.TryGetValue(0, out var left)", Audit.WindowRelease)
        {
            Further = [("remaining[residual.Owner] = budget.Remaining;", "remaining[0] = budget.Remaining;")],
        },
        new(10, "Activity counted once an hour", "An owner moves the activity by more than was reserved.", Mechanism,
            "var pairs = active.ToHashSet();", "var pairs = active.ToList();", Audit.NormBound)
        {
            Further = [(".Take(domain.Enrolment.GetValueOrDefault(own.Key))", "")],
        },
        new(11, "Activity beyond the reserved areas",
            "An owner who was active in more areas than the plan knows moves one coordinate too many.", Mechanism,
            ".Take(domain.Enrolment.GetValueOrDefault(own.Key))", "", Audit.NormBound),
        new(12, "Exception message with a private value", "What is left of an owner's budget stands in an error message.", Mechanism,
            "nameof(budget), \"The budget is larger than Grid^2", "nameof(budget), budget.Remaining, \"The budget is larger than Grid^2",
            Audit.ErrorMessages),
        new(13, "Exhausted owners are dropped", "Who has spent the budget is seen by an exception.",
            "CivicSense.Privacy/OwnerDay/OwnerDayFilter.cs",
            "var contribution = mechanism.Clip(",
            "var contribution = budget.Remaining == 0 ? throw new InvalidOperationException(\"The budget is spent.\") : mechanism.Clip(",
            Audit.WindowRelease),
    ];
}
