namespace CivicSense.OpenData;

/// <summary>From time and value to the coordinates of a chart.</summary>
/// <param name="First">The instant at the left edge.</param>
/// <param name="Last">The instant at the right edge.</param>
/// <param name="Low">The value at the bottom.</param>
/// <param name="High">The value at the top.</param>
/// <param name="Ticks">The values that have a line of the grid.</param>
sealed record ChartScale(DateTimeOffset First, DateTimeOffset Last, double Low, double High, IReadOnlyList<double> Ticks)
{
    public const int Width = 640;
    public const int Height = 300;
    public const int Left = 52;
    public const int Right = 10;
    public const int Top = 14;
    public const int Bottom = 36;

    const int MostSteps = 5;

    public double X(DateTimeOffset instant) =>
        Left + (Width - Left - Right) * ((instant - First).TotalSeconds / Math.Max(1, (Last - First).TotalSeconds));

    public double Y(double value) => Top + (Height - Bottom - Top) * (1 - Math.Clamp((value - Low) / (High - Low), 0, 1));

    /// <summary>A scale that all estimates fit into, with their intervals.</summary>
    /// <param name="estimates">At least one, of one quantity.</param>
    /// <param name="alsoShow">A value that is to be seen too.</param>
    public static ChartScale Of(IReadOnlyList<Estimate> estimates, double? alsoShow = null)
    {
        var high = estimates.Max(estimate => estimate.Upper);
        var low = estimates.Min(estimate => estimate.Lower);
        if (alsoShow is { } shown) high = Math.Max(high, shown);
        // Concentrations are compared with nothing at all; for the rest zero is no natural end.
        if (estimates[0].Quantity.IsLogarithmic) low = 0;
        if (!double.IsFinite(high) || !double.IsFinite(low) || !(high - low > 1e-9)) (low, high) =
            (0, Math.Max(1, double.IsFinite(high) ? high : 1));

        var step = Step(low, high);
        var bottom = Math.Floor(low / step);
        var ticks = Enumerable.Range(0, Steps(low, high, step) + 1).Select(i => (bottom + i) * step).ToList();
        return new ChartScale(
            estimates.Min(estimate => estimate.Start), estimates.Max(estimate => estimate.End), ticks[0], ticks[^1], ticks);
    }

    /// <summary>The finest of 1, 2 and 5 times a power of ten that needs no more than <see cref="MostSteps"/>.</summary>
    static double Step(double low, double high)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10((high - low) / MostSteps)));
        foreach (var factor in (double[])[1, 2, 5, 10])
        {
            if (Steps(low, high, factor * power) <= MostSteps) return factor * power;
        }
        return 20 * power;
    }

    static int Steps(double low, double high, double step) => (int)(Math.Ceiling(high / step) - Math.Floor(low / step));
}
