using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>The node runs that several audits look at; each is made once, when first asked for.</summary>
public sealed class AttackedRuns
{
    readonly Lazy<Task<AttackedRun>> informative = new(() => RunAsync(
        rho: 1m, areas: 256, days: AuditLength.IsLong ? 160 : 8, seed: 41));

    readonly Lazy<Task<AttackedRun>> usual = new(() => RunAsync(
        rho: 0.028m, areas: 256, days: AuditLength.IsLong ? 40 : 4, seed: 42));

    readonly Lazy<Task<AttackedRun>> several = new(() => RunAsync(
        rho: 1m, areas: 64, days: 4, seed: 43, (Quantity.Pm25, 0.5m), (Quantity.Laeq, 0.3m)));

    /// <summary>The largest rho that a node accepts: an attack has much to see.</summary>
    internal Task<AttackedRun> InformativeAsync() => informative.Value;

    /// <summary>The rho that a node has unless configured otherwise.</summary>
    internal Task<AttackedRun> UsualAsync() => usual.Value;

    internal Task<AttackedRun> OfAsync(string name) => name switch
    {
        "informative" => informative.Value,
        "usual" => usual.Value,
        "several quantities" => several.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such run."),
    };

    /// <summary>
    /// One quantity, to which the whole norm bound goes: the most that a single household can do, at the least cost a trial.
    /// </summary>
    static Task<AttackedRun> RunAsync(decimal rho, int areas, int days, int seed) =>
        RunAsync(rho, areas, days, seed, (Quantity.Pm25, 0.95m));

    static async Task<AttackedRun> RunAsync(
        decimal rho, int areas, int days, int seed, params (Quantity Quantity, decimal Share)[] released)
    {
        var shares = released.ToImmutableDictionary(planned => planned.Quantity.Id, planned => planned.Share);
        var neighbourhood = new AttackedNeighbourhood(areas, days, seed);
        var record = await AttackedNode.RunAsync(neighbourhood, rho, shares);
        return new AttackedRun(neighbourhood, record, Trial.OfRun(record, neighbourhood));
    }
}

/// <summary>One node run and what an attacker makes of it.</summary>
/// <param name="Neighbourhood">Who measured.</param>
/// <param name="Record">What became public.</param>
/// <param name="Trials">The same, trial by trial.</param>
sealed record AttackedRun(AttackedNeighbourhood Neighbourhood, PublicRecord Record, IReadOnlyList<Trial> Trials)
{
    /// <summary>A third of the trials, evenly spread over areas and days. Thresholds and classifiers are chosen on them.</summary>
    public IReadOnlyList<Trial> Training { get; } = [.. Trials.Where((_, index) => index % 3 == 0)];

    /// <summary>The other trials, which no choice has seen.</summary>
    public IReadOnlyList<Trial> Evaluation { get; } = [.. Trials.Where((_, index) => index % 3 != 0)];
}

/// <summary>The black-box audits share the runs, and come one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AttackedRunsCollection : ICollectionFixture<AttackedRuns>
{
    public const string Name = "Attacked node runs";
}
