namespace CivicSense.Privacy;

/// <summary>Several measurements of the same data, answered together. Proof: docs/privacy/contract.md, composition.</summary>
public static class Composition
{
    /// <summary>All the measurements on the same data, each with noise of its own. The losses are composed by the measure.</summary>
    /// <param name="measurements">At least one; all of the same input space and measure.</param>
    /// <exception cref="ArgumentException">There is none, one is null, or domain, metric or measure do not match.</exception>
    public static Measurement<TIn, IReadOnlyList<TOut>, TLoss> Of<TIn, TOut, TLoss>(
        params IReadOnlyList<Measurement<TIn, TOut, TLoss>> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        var parts = measurements.ToArray();
        if (parts.Length == 0)
            throw new ArgumentException("A composition needs at least one measurement.", nameof(measurements));

        if (Array.FindIndex(parts, part => part is null) is >= 0 and var missing)
            throw new ArgumentException($"Measurement {missing} is null.", nameof(measurements));

        var (input, measure) = (parts[0].Input, parts[0].Measure);
        foreach (var part in parts)
        {
            input.RequireSame(part.Input, nameof(measurements));
            measure.RequireSame(part.Measure, nameof(measurements));
        }

        return new Measurement<TIn, IReadOnlyList<TOut>, TLoss>(
            input,
            measure,
            data => [.. parts.Select(part => part.Function(data))],
            distance => measure.Compose(parts.Select(part => part.Map(distance))));
    }
}
