using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>One simulated owner with sensors at one place, and the budget that the release keeps for it.</summary>
sealed class Household(int number, Area home)
{
    readonly Dictionary<Quantity, double> biases = [];
    readonly Dictionary<Quantity, double> deviations = [];
    readonly Dictionary<Quantity, double?> values = [];
    double budget;

    public int Number { get; } = number;

    public Area Home { get; } = home;

    public Area Area { get; set; }

    public bool Active { get; private set; }

    public void Start(Quantity quantity, double bias)
    {
        biases[quantity] = bias;
        deviations[quantity] = 0;
    }

    public void StartDay(ReleasePlan plan, bool active)
    {
        Active = active;
        var activity = (double)plan.ActivityWeight / plan.Grid;
        budget = 1 - activity * activity;
    }

    /// <summary>Moves its AR(1) deviation (0.8, stationary 0.15) on; returns that and the bias.</summary>
    public double Deviate(Quantity quantity, double normal)
    {
        deviations[quantity] = 0.8 * deviations[quantity] + 0.15 * 0.6 * normal;
        return biases[quantity] + deviations[quantity];
    }

    public void Measure(Quantity quantity, double value, bool present) => values[quantity] = present ? value : null;

    public bool IsPresent(Quantity quantity) => values[quantity] is not null;

    public double Value(Quantity quantity) => values[quantity]!.Value;

    /// <summary>DESIGN section 4: clamp, weigh, round toward zero, and stay within what is left of the owner-day.</summary>
    public long Contribute(ReleasePlan plan, PlannedQuantity planned, double baseline, double pace)
    {
        if (!Active || values[planned.Quantity] is not { } value)
            return 0;
        var residual = planned.Quantity.ToModelScale(value) - planned.Quantity.ToModelScale(baseline);
        var limit = Math.Sqrt(pace * Math.Max(0, budget));
        var norm = Math.Clamp(planned.Weight * Math.Clamp(residual, -planned.Cap, planned.Cap), -limit, limit);
        var steps = (long)Math.Truncate(norm * plan.Grid);
        budget -= (double)steps / plan.Grid * ((double)steps / plan.Grid);
        return steps;
    }
}
