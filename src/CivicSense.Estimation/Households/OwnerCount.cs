namespace CivicSense.Estimation;

/// <summary>How many owners of an area are active, estimated from the enrolment and the released activity.</summary>
readonly record struct OwnerCount(double Mean, double Deviation)
{
    /// <summary>The uncertainty as a share of the count.</summary>
    public double Relative => Deviation / Mean;
}
