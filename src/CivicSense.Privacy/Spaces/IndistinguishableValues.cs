using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>
/// The assumption that equal values cannot be told apart, as far as the type alone shows that it is wrong. Where one of several equal
/// values is kept or published, which one depends on the order of the data, and no metric on rows sees that order.
/// </summary>
static class IndistinguishableValues
{
    /// <summary>Throws where the type is known to have equal values that can be told apart.</summary>
    /// <exception cref="ArgumentException">It is such a type, or is built of one.</exception>
    public static void Require<T>(string argument, string advice)
    {
        if (WhyRefused(typeof(T)) is { } reason)
            throw new ArgumentException($"{reason} {advice}", argument);
    }

    /// <summary>Throws where the type's own order is known not to be a total order of values that cannot be told apart.</summary>
    /// <exception cref="ArgumentException">Equal values can be told apart, or the order is that of a culture.</exception>
    public static void RequireInDefaultOrder<T>(string argument)
    {
        const string Advice = "Give a total order in which only values that cannot be told apart compare as equal.";
        Require<T>(argument, Advice);
        if (typeof(T) != typeof(string) && IsBuiltOf(typeof(T), part => part == typeof(string)))
        {
            throw new ArgumentException(
                $"{TypeNames.Of(typeof(T))} has its strings in the order of a culture, in which different ones may be equal. {Advice}",
                argument);
        }
    }

    static string? WhyRefused(Type type) => IsBuiltOf(type, HasSeveralOfOneValue)
        ? $"Equal values of type {TypeNames.Of(type)} can be told apart: as zero and minus zero, by trailing zeros or by a time zone."
        : null;

    static bool IsBuiltOf(Type type, Func<Type, bool> isMeant) =>
        isMeant(type) || (type.IsGenericType && type.GetGenericArguments().Any(part => IsBuiltOf(part, isMeant)));

    // All floating-point types of the framework: double, float, Half, decimal and those to come.
    static bool HasSeveralOfOneValue(Type type) =>
        type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(Complex)
        || type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IFloatingPoint<>));
}
