namespace CivicSense.FirmwareSim.Field;

/// <summary>
/// A stationary first-order autoregression over hours, with mean 0 and variance 1, that can be asked for any hour: it is summed from its
/// innovations, far enough back that what is left out weighs under a ten-thousandth.
/// </summary>
readonly struct HourlyAutoregression
{
    readonly CounterNoise innovations;
    readonly double persistence;
    readonly int length;

    /// <summary>Creates the process.</summary>
    /// <param name="innovations">Where the innovations come from.</param>
    /// <param name="persistence">The correlation of neighbouring hours, between 0 and 1 exclusive.</param>
    public HourlyAutoregression(CounterNoise innovations, double persistence)
    {
        this.innovations = innovations;
        this.persistence = persistence;
        length = (int)Math.Ceiling(Math.Log(1e-4) / Math.Log(persistence));
    }

    /// <summary>The value in the given hour since 1970.</summary>
    public double At(long hour)
    {
        var sum = 0.0;
        // Horner's rule from the oldest innovation to the newest.
        for (var back = length - 1; back >= 0; back--) sum = sum * persistence + innovations.Normal(hour - back);
        return sum * Math.Sqrt(1 - persistence * persistence);
    }
}
