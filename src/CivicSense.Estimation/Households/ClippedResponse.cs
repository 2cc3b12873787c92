namespace CivicSense.Estimation;

/// <summary>
/// What the mean over an area's active owners of the released residuals is expected to be, and how far it may be from that.
/// </summary>
/// <param name="differences">By imagined household, how far its residual lies from the area's, on the model scale.</param>
/// <param name="limits">By imagined household, how much of its residual counts at most, on the model scale.</param>
/// <param name="doubts">By imagined household, the deviation of its limit, as a share of it.</param>
sealed class ClippedResponse(double[] differences, double[] limits, double[] doubts)
{
    /// <summary>The expected mean, for a true residual of the area.</summary>
    public double At(double residual)
    {
        var sum = 0.0;
        for (var i = 0; i < limits.Length; i++)
            sum += Math.Clamp(residual + differences[i], -limits[i], limits[i]);
        return ImaginedHouseholds.Presence * sum / limits.Length;
    }

    /// <summary>
    /// The deviation of that mean because nobody knows the real limits, with its sign: what is wrong about one imagined budget is wrong
    /// about all. It is 0 where nobody is clipped.
    /// </summary>
    public double Doubt(double residual)
    {
        var sum = 0.0;
        for (var i = 0; i < limits.Length; i++)
        {
            var own = residual + differences[i];
            if (Math.Abs(own) > limits[i])
                sum += Math.Sign(own) * limits[i] * doubts[i];
        }
        return ImaginedHouseholds.Presence * sum / limits.Length;
    }

    /// <summary>The mean of the limits: what owners with a value in the hour can contribute at most.</summary>
    public double MeanLimit => limits.Average();
}
