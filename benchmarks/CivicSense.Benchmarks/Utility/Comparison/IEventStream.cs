namespace CivicSense.Benchmarks.Utility;

/// <summary>
/// A mechanism with w-event privacy (Kellaris, Papadopoulos, Xiao and Papadias, "Differentially Private Event Sequences over Infinite
/// Streams", PVLDB 7(12), 2014) for the stream of one area's sums: what it spends over any w time steps in a row is at most epsilon.
/// </summary>
/// <remarks>Budgets are counted in units of epsilon / (2 w), so that they are whole: w steps may spend 2 w units.</remarks>
interface IEventStream
{
    /// <summary>Publishes the next time step.</summary>
    /// <param name="exact">The exact sum. Private.</param>
    /// <returns>What is published.</returns>
    long Publish(long exact);

    /// <summary>What the newest time step spent, in units of epsilon / (2 w).</summary>
    int Spent { get; }
}
