namespace CivicSense.Privacy;

/// <summary>
/// A set of values: those that a function accepts, or those that it can answer. Which domain data belong to is public knowledge. Two
/// domains are the same when they are described in the same way: equality is by value. Immutable.
/// </summary>
/// <remarks>
/// Two different descriptions of one set are not the same, and do not chain: all 64-bit integers are another domain than the 64-bit
/// integers from the smallest to the largest, because only the second has public bounds to rely on. OpenDP calls it Domain, too.
/// </remarks>
public abstract record Domain
{
    private protected Domain()
    {
    }

    /// <summary>What the members are, in the plural, for messages.</summary>
    // Also what closes the hierarchy, because the proofs enumerate the domains: a record's copy constructor cannot be hidden, but nobody
    // outside the room can override an internal member.
    internal abstract string Kind { get; }
}

/// <summary>A set of values of one type.</summary>
/// <typeparam name="T">The type of the members.</typeparam>
public abstract record Domain<T> : Domain
{
    private protected Domain()
    {
    }

    /// <summary>Whether the value is a member.</summary>
    public abstract bool Contains(T value);
}

/// <summary>Every value of a type. For keys and categories.</summary>
/// <typeparam name="T">The type of the members.</typeparam>
public sealed record AnyDomain<T> : Domain<T>
{
    internal override string Kind => $"values of type {TypeNames.Of(typeof(T))}";

    /// <inheritdoc/>
    public override bool Contains(T value) => value is not null;
}

/// <summary>A domain of lists: what the metrics on data sets and vectors ask for.</summary>
interface IListDomain
{
    Domain Element { get; }

    int? Size { get; }
}

/// <summary>Lists whose elements are all members of one domain.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public sealed record VectorDomain<T> : Domain<IReadOnlyList<T>>, IListDomain
{
    /// <summary>Lists of members of <paramref name="element"/>.</summary>
    /// <param name="element">The domain of every element.</param>
    /// <param name="size">The number of elements, where it is public knowledge; otherwise null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public VectorDomain(Domain<T> element, int? size = null)
    {
        ArgumentNullException.ThrowIfNull(element);
        if (size < 0)
            throw new ArgumentOutOfRangeException(nameof(size), size, "The size of a vector is at least 0.");

        Element = element;
        Size = size;
    }

    /// <summary>The domain of every element.</summary>
    public Domain<T> Element { get; }

    /// <summary>The number of elements where it is public; null where it is private.</summary>
    public int? Size { get; }

    Domain IListDomain.Element => Element;

    internal override string Kind => $"lists of {Element.Kind}";

    /// <inheritdoc/>
    public override bool Contains(IReadOnlyList<T> value)
    {
        if (value is null || (Size is { } size && value.Count != size))
            return false;

        for (var i = 0; i < value.Count; i++)
        {
            if (!Element.Contains(value[i]))
                return false;
        }

        return true;
    }
}
