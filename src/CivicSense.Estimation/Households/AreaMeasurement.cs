using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One released sum of residuals, read as what it says about the mean of an area's owners.</summary>
sealed class AreaMeasurement : IAreaMeasurement
{
    /// <summary>Where the sum follows the truth less than this, everybody is clipped, and it says nothing.</summary>
    const double LeastSlope = 0.02;

    readonly double measured;
    readonly double noise;
    readonly double relative;
    readonly Func<double, Func<double, double>> response;

    public AreaMeasurement(PlanContext context, int area, int quantity, NoisyMeasurement released)
    {
        var planned = context.Plan.Quantities[quantity];
        var owners = context.Owners[area];
        var scale = planned.Weight * owners.Value;
        Baseline = planned.Quantity.ToModelScale(released.Baseline);
        measured = released.Value / (context.Plan.Grid * scale);
        noise = context.Plan.Sigma / scale * (context.Plan.Sigma / scale);
        relative = owners.Relative;
        response = level => context.Households.Response(area, quantity, level);
    }

    /// <summary>The public baseline on the model scale.</summary>
    public double Baseline { get; }

    /// <inheritdoc/>
    public Moments Straight(Moments expected)
    {
        var line = StraightLine.Of(expected with { Mean = expected.Mean - Baseline }, response(expected.Mean));
        if (line.Slope < LeastSlope)
            return new Moments(expected.Mean, double.PositiveInfinity);
        var variance = noise + relative * relative * line.Square + line.Variance;
        return new Moments(expected.Mean + (measured - line.Level) / line.Slope, variance / (line.Slope * line.Slope));
    }
}
