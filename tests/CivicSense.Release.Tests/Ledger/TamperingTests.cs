using CivicSense.Commons;

namespace CivicSense.Release.Tests.Ledger;

/// <summary>Whoever changes the released past in the database is found out by the verifier.</summary>
public sealed class TamperingTests
{
    const string WindowEntry = "(SELECT min(sequence) FROM ledger WHERE document LIKE '%\"kind\":\"window\"%')";

    [Theory]
    [InlineData("a value", "UPDATE measurement SET value = value + 1 WHERE rowid_hint")]
    [InlineData("a baseline", "UPDATE measurement SET baseline = baseline + 1e-9 WHERE rowid_hint")]
    [InlineData("a removed value", "DELETE FROM measurement WHERE rowid_hint")]
    [InlineData("an activity", "UPDATE activity SET value = value - 1")]
    [InlineData("a removed activity", "DELETE FROM activity")]
    [InlineData("a removed entry", "DELETE FROM ledger WHERE sequence = 2")]
    [InlineData("the removed first entry", "DELETE FROM ledger WHERE sequence = 1")]
    [InlineData("a changed entry",
        "UPDATE ledger SET document = replace(document, '\"keys\":4', '\"keys\":3') WHERE sequence = " + WindowEntry)]
    [InlineData("a changed cost",
        "UPDATE ledger SET document = replace(document, '\"rho\":1', '\"rho\":0.1') WHERE sequence = " + WindowEntry)]
    [InlineData("a plan's cost", "UPDATE plan SET document = replace(document, '\"rho\":1', '\"rho\":0.1')")]
    [InlineData("a plan's households", "UPDATE plan SET document = replace(document, '\"enrolledOwners\":5', '\"enrolledOwners\":6')")]
    [InlineData("a removed plan", "DELETE FROM plan")]
    [InlineData("a changed head", "UPDATE ledger SET hash = 'aa' WHERE sequence = (SELECT max(sequence) FROM ledger)")]
    public async Task A_change_is_found(string what, string sql)
    {
        await using var node = await ReleasedDayAsync();
        node.Execute(sql.Replace(
            "rowid_hint", "quantity = 0 AND window = (SELECT min(window) FROM measurement)", StringComparison.Ordinal));
        Assert.True((await node.VerifyAsync()).Problems.Count > 0, what);
    }

    [Fact]
    public async Task Entries_that_changed_places_are_found()
    {
        await using var node = await ReleasedDayAsync();
        node.Execute("""
            UPDATE ledger SET document = (SELECT other.document FROM ledger AS other WHERE other.sequence = 7 - ledger.sequence)
            WHERE sequence IN (3, 4)
            """);
        Assert.NotEmpty((await node.VerifyAsync()).Problems);
    }

    [Fact]
    public async Task An_untouched_day_is_whole_and_every_value_of_it_was_checked()
    {
        await using var node = await ReleasedDayAsync();
        var verdict = await node.VerifyAsync();
        Assert.Empty(verdict.Problems);
        Assert.Equal((await node.MeasurementsAsync()).Count + 1, verdict.Values);
        Assert.Equal(
            [LedgerEntryKind.Plan, LedgerEntryKind.Plan, LedgerEntryKind.Window, LedgerEntryKind.Window, LedgerEntryKind.Activity],
            (await node.LedgerAsync()).Select(entry => entry.Content.Kind));
    }

    /// <summary>The last two hours of a day, its activity, and the plan of the next.</summary>
    static async Task<TestNode> ReleasedDayAsync()
    {
        var evening = new DateTimeOffset(2026, 3, 4, 21, 20, 0, TimeSpan.Zero);
        var node = new TestNode(evening);
        await node.EnrolAsync(5);
        await node.StartAsync();
        await node.AdvanceToAsync(evening.AddHours(3));
        return node;
    }
}
