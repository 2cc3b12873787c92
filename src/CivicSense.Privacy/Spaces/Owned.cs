namespace CivicSense.Privacy;

/// <summary>A value together with the owner it belongs to. The owner, not the row, is the unit that is protected.</summary>
/// <param name="Owner">The owner's identifier.</param>
/// <param name="Value">The value.</param>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct Owned<T>(int Owner, T Value)
{
    /// <summary>Says nothing of owner and value: they are private, and texts end in logs.</summary>
    public override string ToString() => nameof(Owned<>);
}

/// <summary>A domain of rows with an owner: what the metrics on owners ask for.</summary>
interface IOwnedDomain;

/// <summary>Rows with an owner.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed record OwnedDomain<T> : Domain<Owned<T>>, IOwnedDomain
{
    /// <summary>Rows whose values are members of <paramref name="value"/>.</summary>
    public OwnedDomain(Domain<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value;
    }

    /// <summary>The domain of the values.</summary>
    public Domain<T> Value { get; }

    internal override string Kind => $"{Value.Kind} with an owner";

    /// <inheritdoc/>
    public override bool Contains(Owned<T> value) => Value.Contains(value.Value);
}
