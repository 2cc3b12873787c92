using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>An hour that the filters of one quantity have reached, and what all of them share.</summary>
/// <param name="Window">The hour.</param>
/// <param name="Plan">The day's plan; null for an hour that no plan covers.</param>
/// <param name="CityRow">How the city components add up in this hour.</param>
/// <param name="Retention">The diagonal of the transition from the step before.</param>
/// <param name="Owners">The estimated number of active owners by release area, as it was known in this hour.</param>
sealed record ModelHour(HourWindow Window, ReleasePlan? Plan, double[] CityRow, double[] Retention, OwnerCount[] Owners)
{
    /// <summary>Whether anything was released in this hour.</summary>
    public bool IsReleased { get; set; }
}

/// <summary>One hour of a filter's past: what was predicted and how each measurement changed it. Enough to smooth it later.</summary>
sealed record FilterStep(ModelHour Hour, double[] PredictedMean, SymmetricMatrix PredictedCovariance)
{
    /// <summary>The scalar updates in the order they were made.</summary>
    public List<ScalarUpdate> Updates { get; } = [];

    /// <summary>P h for the observation row h of a side.</summary>
    public double[] Observe(SymmetricMatrix covariance, Side side)
    {
        var row = Row(side);
        return covariance.Multiply(row);
    }

    /// <summary>h'v for the observation row h of a side.</summary>
    public double Observe(ReadOnlySpan<double> vector, Side side)
    {
        var sum = vector[StateLayout.Offset(side)] + vector[StateLayout.Local(side)];
        for (var component = 0; component < StateLayout.CityComponents; component++)
            sum += Hour.CityRow[component] * vector[component];
        return sum;
    }

    /// <summary>The observation row h of a side.</summary>
    public double[] Row(Side side)
    {
        var row = new double[StateLayout.Dimension];
        Hour.CityRow.CopyTo(row, 0);
        row[StateLayout.Offset(side)] = row[StateLayout.Local(side)] = 1;
        return row;
    }
}

/// <summary>
/// How one scalar observation of a side changed the state: mean += Gain e / S, covariance -= Gain Gain' / S, with Gain = P h.
/// </summary>
readonly record struct ScalarUpdate(Side Side, double[] Gain, double Variance, double Innovation);

/// <summary>Mean and variance of a value on the model scale.</summary>
readonly record struct Moments(double Mean, double Variance);
