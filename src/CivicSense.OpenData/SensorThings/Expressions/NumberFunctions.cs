namespace CivicSense.OpenData.SensorThings;

/// <summary>The math functions of OGC 18-088, table 23.</summary>
static class NumberFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        // OData rounds halves away from zero.
        Of("round", number => Math.Round(number, MidpointRounding.AwayFromZero)),
        Of("floor", Math.Floor),
        Of("ceiling", Math.Ceiling),
    ];

    static Function Of(string name, Func<double, double> compute) => new(name, 1, 1, false, arguments => arguments[0] switch
    {
        long whole => whole,
        double number => compute(number),
        _ => null,
    });
}
