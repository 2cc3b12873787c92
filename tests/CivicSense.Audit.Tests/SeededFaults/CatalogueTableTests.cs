namespace CivicSense.Audit.Tests.SeededFaults;

public sealed class CatalogueTableTests
{
    [Fact]
    public async Task The_documentation_lists_every_fault_as_it_is()
    {
        var page = Path.Combine(SourceTree.Require().Root, "docs", "privacy", "audits.md");
        var rows = (await File.ReadAllLinesAsync(page, TestContext.Current.CancellationToken))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var missing = FaultCatalogue.All.Select(Row).Where(row => !rows.Contains(row)).ToArray();
        Assert.True(missing.Length == 0, $"docs/privacy/audits.md lacks these rows:\n{string.Join('\n', missing)}");
    }

    static string Row(SeededFault fault) => $"| {fault.Number} | {fault.Name} | {fault.Breaks} | {fault.CaughtBy} |";
}
