namespace CivicSense.Estimation;

/// <summary>How many owners of an area are active, estimated from the enrolment and the released activity.</summary>
/// <param name="Value">The median: they are as likely to be more as to be fewer.</param>
/// <param name="Deviation">How far from that they are, as the root of the mean square.</param>
readonly record struct OwnerCount(double Value, double Deviation)
{
    /// <summary>The uncertainty as a share of the count.</summary>
    public double Relative => Deviation / Value;
}
