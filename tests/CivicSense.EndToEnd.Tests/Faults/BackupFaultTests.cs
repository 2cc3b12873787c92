using CivicSense.Commons;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>Somebody restores an older backup; the fence beside the process knows better.</summary>
[Collection(FaultCollection.Name)]
public sealed class BackupFaultTests(FaultServer server)
{
    [Fact]
    public Task Backup_that_is_older_than_the_fence_costs_the_day_and_releases_nothing_twice() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.GoesOnAsync(node);
            var backup = scene.Folder.File("civicsense.dump");
            await scene.Postgres.RunAsync("pg_dump", $"--format=custom --file='{backup}' {scene.Database}");
            await scene.GoesOnAsync(node);
            await scene.PublishAsync(5);
            var published = await scene.Audit.LedgerAsync();
            await node.StopAsync();

            await scene.Postgres.DropDatabaseAsync(scene.Database);
            await MortalPostgres.ExecuteAsync(scene.Postgres.ConnectionString("postgres"), $"CREATE DATABASE {scene.Database} TEMPLATE template0");
            await scene.Postgres.RunAsync("pg_restore", $"--dbname={scene.Database} '{backup}'");
            var restored = await scene.Audit.LedgerAsync();
            Assert.Equal(published.Take(restored.Count), restored);
            Assert.NotEqual(published.Count, restored.Count);

            await node.StartAsync();
            await scene.LetLeaseExpireAsync();
            await FaultScene.UntilAsync(
                async () => (await scene.Audit.LedgerAsync()).Count > restored.Count, () => "Nothing has been given up.");
            var after = await scene.Audit.LedgerAsync();
            Assert.Equal(LedgerEntryKind.Restored, after[restored.Count].Kind);
            // Nothing more of this day, and everything of the next.
            scene.BeginAnew(daysGivenUp: 1);
            await scene.NextDayAsync();
            await scene.AuditAsync(node);
            await scene.GoesOnAsync(node);
            var day = published[^1].Day;
            var end = await scene.Audit.LedgerAsync();
            Assert.DoesNotContain(end.Skip(restored.Count), entry => entry.Day == day && entry.Kind != LedgerEntryKind.Restored);
        });
}
