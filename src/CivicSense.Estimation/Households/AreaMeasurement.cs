using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One released sum of residuals, read as what it says about the mean of an area's owners.</summary>
sealed class AreaMeasurement : IAreaMeasurement
{
    /// <summary>Where the sum follows the truth less than this, everybody is clipped, and it says nothing.</summary>
    const double LeastSlope = 0.02;

    /// <summary>Noise of more deviations than this is too rare to be waited for.</summary>
    const double LikelyNoise = 3;

    readonly double measured;
    readonly double noise;
    readonly double relative;
    readonly Func<double, ClippedResponse> response;

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
        var respond = response(expected.Mean);
        var residual = expected with { Mean = expected.Mean - Baseline };
        var line = StraightLine.Of(residual, respond.At);
        if (line.Slope < LeastSlope)
            return new Moments(expected.Mean, double.PositiveInfinity);
        var doubt = StraightLine.Of(residual, respond.Doubt).Square;
        var variance = noise + relative * relative * line.Square + line.Variance + doubt;
        // A straight line goes on for ever where the response bends: a sum that the counted owners cannot have contributed, because more
        // are active than counted or have more budget left, would be read as a level that nobody saw.
        var most = respond.MeanLimit + LikelyNoise * Math.Sqrt(noise);
        var value = Math.Clamp(measured, -most, most);
        return new Moments(expected.Mean + (value - line.Level) / line.Slope, variance / (line.Slope * line.Slope));
    }
}
