using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>A domain of single numbers: what the metrics on numbers ask for.</summary>
interface IAtomDomain
{
    /// <summary>Whether NaN is a member. Its distance to anything would be infinite, so no metric on numbers takes such a domain.</summary>
    bool HoldsNan { get; }
}

/// <summary>Single numbers, within public bounds where there are any.</summary>
/// <typeparam name="T">The type of number.</typeparam>
public sealed record AtomDomain<T> : Domain<T>, IAtomDomain
    where T : struct, INumber<T>
{
    /// <summary>Every number of the type.</summary>
    /// <param name="holdsNan">Whether NaN is a member. Only for types that have it.</param>
    /// <exception cref="ArgumentException">NaN is to be a member, and the type has none.</exception>
    public AtomDomain(bool holdsNan = false)
    {
        if (holdsNan && !HasNan)
            throw new ArgumentException($"{typeof(T).Name} has no NaN.", nameof(holdsNan));

        HoldsNan = holdsNan;
    }

    /// <summary>The numbers from <paramref name="lower"/> to <paramref name="upper"/>, both included. NaN is not one of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A bound is NaN, or the lower is above the upper.</exception>
    public AtomDomain(T lower, T upper)
    {
        Refuse(lower, nameof(lower));
        Refuse(upper, nameof(upper));
        if (lower > upper)
            throw new ArgumentOutOfRangeException(nameof(lower), lower, $"The lower bound must not be above the upper bound, {upper}.");

        Lower = lower;
        Upper = upper;

        static void Refuse(T bound, string name)
        {
            if (T.IsNaN(bound))
                throw new ArgumentOutOfRangeException(name, bound, "A bound must be a number.");
        }
    }

    /// <summary>The smallest member, or null where there is no bound.</summary>
    public T? Lower { get; }

    /// <summary>The largest member, or null where there is no bound.</summary>
    public T? Upper { get; }

    /// <inheritdoc/>
    public bool HoldsNan { get; }

    static bool HasNan { get; } = typeof(T).GetInterfaces()
        .Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IFloatingPointIeee754<>));

    internal override string Kind => $"numbers of type {typeof(T).Name}";

    /// <inheritdoc/>
    public override bool Contains(T value) =>
        T.IsNaN(value) ? HoldsNan : !(value < Lower) && !(value > Upper);
}
