using Xunit.Sdk;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The look after each fault would see what must not be.</summary>
[Collection(DatabaseFaultCollection.Name)]
public sealed class FaultAuditTests(FaultServer server)
{
    static readonly (string What, string Sql, string Undo)[] Wrongs =
    [
        ("a reading is missing", "UPDATE vault.contribution SET count = count - 1", "UPDATE vault.contribution SET count = count + 1"),
        ("a reading counts twice", "UPDATE vault.contribution SET count = count + 1", "UPDATE vault.contribution SET count = count - 1"),
        ("a released reading is missing", "UPDATE audit.taken SET count = count - 1", "UPDATE audit.taken SET count = count + 1"),
        ("an hour was taken twice", "INSERT INTO audit.taken SELECT 'b', hour, device_id, quantity, 'b', 0, 0, 0 FROM audit.taken",
            "DELETE FROM audit.taken WHERE transaction = 'b'"),
        ("a budget has grown", "UPDATE vault.budget SET remaining = remaining + 1", "UPDATE vault.budget SET remaining = remaining - 1"),
        ("a budget is gone", "UPDATE vault.budget SET day = day + 1", "UPDATE vault.budget SET day = day - 1"),
        ("a value has changed", "UPDATE commons.measurement SET value = value + 1", "UPDATE commons.measurement SET value = value - 1"),
        ("the ledger has changed", "UPDATE commons.ledger SET sequence = sequence + 100",
            "UPDATE commons.ledger SET sequence = sequence - 100"),
    ];

    [Fact]
    public async Task Audit_sees_what_is_wrong_and_only_that()
    {
        await using var scene = await SceneAsync();
        await scene.AuditAsync();
        foreach (var (what, sql, undo) in Wrongs)
        {
            await scene.SqlAsync(sql);
            var seen = await Record.ExceptionAsync(() => scene.AuditAsync());
            Assert.True(seen is XunitException, $"Nobody saw that {what}: {seen}");
            await scene.SqlAsync(undo);
            await scene.AuditAsync();
        }
    }

    /// <summary>One hour released, the next open; no process runs any more.</summary>
    async Task<FaultScene> SceneAsync()
    {
        await server.GetAsync();
        var scene = await FaultScene.SetAsync(server, new Random(1));
        var node = await scene.StartOneAsync();
        await scene.GoesOnAsync(node);
        await scene.PublishAsync(5);
        await node.KillAsync();
        return scene;
    }
}
