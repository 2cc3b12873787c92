namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>All seeded faults. A new one gets the next number, and a row in docs/privacy/audits.md.</summary>
static class FaultCatalogue
{
    public static IReadOnlyList<SeededFault> All { get; } =
    [
        .. MechanismFaults.All.Concat(NoiseFaults.All).Concat(ReleaseFaults.All).Concat(IngestionFaults.All).OrderBy(fault => fault.Number),
    ];
}
