using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A built-in function (OGC 18-088, table 23; those on times from SensorThings 2.0 and FROST).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fewest">How many arguments it takes at least.</param>
/// <param name="Most">How many it takes at most.</param>
/// <param name="IsPredicate">Whether its value is a truth value.</param>
/// <param name="Apply">
/// Computes it from arguments none of which is null. Null where they are not of the kinds it is for: what is unknown matches no filter.
/// </param>
sealed record Function(string Name, int Fewest, int Most, bool IsPredicate, Func<object[], object?> Apply)
{
    static readonly FrozenDictionary<string, Function> ByName =
        ((Function[])[.. TextFunctions.All, .. TimeFunctions.All, .. NumberFunctions.All, .. ShapeFunctions.All])
        .ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Whether its value depends on the time at which it is computed.</summary>
    public bool IsClock => Name == "now";

    public string Arity => (Fewest, Most) switch
    {
        (0, 0) => "no arguments",
        (1, 1) => "one argument",
        (var fewest, var most) when fewest == most => fewest.ToString(CultureInfo.InvariantCulture) + " arguments",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Fewest} or {Most} arguments"),
    };

    public static bool TryFind(string name, [NotNullWhen(true)] out Function? function) => ByName.TryGetValue(name, out function);

    public bool Equals(Function? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
