namespace CivicSense.Privacy;

/// <summary>
/// The exact sum of clipped values of one release key. Integer addition is associative and commutative, so the sum does not depend on the
/// order in which owners are added or partial sums are merged. It is private until <see cref="OwnerDayMechanism.AddNoise"/>.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. A sum of 2^96 clipped values still fits; beyond 128 bits addition throws, it never wraps.
/// </remarks>
public sealed class OwnerDaySum
{
    /// <summary>The sum so far, in grid units; zero when nothing was added.</summary>
    public Int128 Value { get; private set; }

    /// <summary>Adds one value returned by <see cref="OwnerDayMechanism.Clip"/>.</summary>
    /// <exception cref="OverflowException">The sum does not fit into 128 bits; it is unchanged.</exception>
    public void Add(long clipped) => Value = checked(Value + clipped);

    /// <summary>Adds a partial sum of other owners.</summary>
    /// <exception cref="OverflowException">The sum does not fit into 128 bits; it is unchanged.</exception>
    public void Add(OwnerDaySum other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Value = checked(Value + other.Value);
    }
}
