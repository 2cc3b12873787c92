using System.Numerics.Tensors;

namespace CivicSense.Estimation;

/// <summary>
/// How the state changes to the next hour: every component keeps a part of itself, and what the stations had moves back by one.
/// </summary>
sealed class Transition
{
    readonly StateLayout layout;
    readonly double[] retention;
    readonly double[]? stationRow;

    /// <summary>A transition by so many hours.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="cityRow">How the city added up in the hour that is left.</param>
    /// <param name="hours">How far to go.</param>
    public Transition(StateLayout layout, ModelParameters parameters, ReadOnlySpan<double> cityRow, long hours)
    {
        this.layout = layout;
        retention = layout.Retention(parameters, hours);
        stationRow = layout.HasStations ? layout.Row(Signal.Station, cityRow) : null;
    }

    public ReadOnlySpan<double> Retention => retention;

    /// <summary>Takes a state, or a covariance with the state, to the next hour.</summary>
    public void Apply(Span<double> vector)
    {
        var station = stationRow is null ? 0 : TensorPrimitives.Dot(vector, stationRow);
        TensorPrimitives.Multiply(vector, retention, vector);
        if (stationRow is null)
            return;
        for (var hours = StateLayout.LongestDelay; hours > 1; hours--)
            vector[StateLayout.Past(hours)] = vector[StateLayout.Past(hours - 1)];
        vector[StateLayout.Past(1)] = station;
    }

    /// <summary>Takes a covariance matrix to the next hour, before the innovations are added.</summary>
    public void Apply(SymmetricMatrix covariance)
    {
        if (stationRow is null)
        {
            covariance.Scale(retention);
            return;
        }
        // One side at a time: every row is a covariance with the state, and then every column is.
        var size = covariance.Size;
        Span<double> station = stackalloc double[size];
        covariance.Multiply(stationRow, station);
        var variance = TensorPrimitives.Dot(station, stationRow);
        Apply(station);
        covariance.Scale(retention);
        Span<double> moved = stackalloc double[size];
        for (var hours = StateLayout.LongestDelay; hours > 1; hours--)
        {
            var from = StateLayout.Past(hours - 1);
            covariance.Row(from).CopyTo(moved);
            covariance.Replace(StateLayout.Past(hours), moved, moved[from]);
        }
        // What an hour ago was the present has the covariances just computed with all that moved on, itself included.
        station[StateLayout.Past(1)] = variance;
        covariance.Replace(StateLayout.Past(1), station, variance);
    }
}
