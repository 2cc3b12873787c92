using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>Somebody restores an older backup; the fence beside the process knows better.</summary>
[Collection(DatabaseFaultCollection.Name)]
public sealed class BackupFaultTests(FaultServer server)
{
    [Fact]
    public Task Backup_that_is_older_than_the_fence_costs_the_day_and_releases_nothing_twice() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            await RequireProgramsAsync(scene);
            var node = await scene.StartOneAsync();
            await scene.GoesOnAsync(node);
            var backup = scene.Folder.File("civicsense.dump");
            // While devices publish: nothing waits for it.
            var publishing = scene.PublishAsync(20);
            await CommandResult.SucceedsAsync("backup", backup, "--connection", scene.AdministratorConnection);
            await publishing;
            await scene.GoesOnAsync(node);
            await scene.PublishAsync(5);
            var published = await scene.Audit.LedgerAsync();
            var refused = await NodeProcess.RunAsync(Restore(scene, backup));
            Assert.True(refused.ExitCode == 1 && refused.Errors.Contains("is in use", StringComparison.Ordinal), refused.ToString());
            await scene.AuditAsync(node);
            await node.StopAsync();

            await RestoreAsync(scene, backup);
            await node.StartAsync();
            await scene.LetLeaseExpireAsync();
            await scene.GivesUpDayAsync(published, node);
        });

    [Fact]
    public Task Backup_since_which_nothing_was_released_costs_nothing() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            await RequireProgramsAsync(scene);
            var node = await scene.StartOneAsync();
            await scene.GoesOnAsync(node);
            await scene.PublishAsync(10);
            await node.StopAsync();
            var backup = scene.Folder.File("civicsense.dump");
            await CommandResult.SucceedsAsync("backup", backup, "--connection", scene.AdministratorConnection);
            await RestoreAsync(scene, backup);
            await node.StartAsync();
            await scene.AuditAsync(node);
            await scene.GoesOnAsync(node);
        });

    static async Task RestoreAsync(FaultScene scene, string backup)
    {
        if (scene.Postgres.HasTimescale)
            await scene.Postgres.ReplaceDatabaseAsync(scene.Database);
        await CommandResult.SucceedsAsync(Restore(scene, backup));
    }

    /// <summary>As docs/backup.md says: with TimescaleDB into an empty database, otherwise in the place of what is there.</summary>
    static string[] Restore(FaultScene scene, string backup)
    {
        string[] replace = scene.Postgres.HasTimescale ? [] : ["--replace"];
        return ["restore", backup, .. replace, "--connection", scene.AdministratorConnection];
    }

    static async Task RequireProgramsAsync(FaultScene scene)
    {
        var missing = await PostgresBackup.FindMissingAsync(await scene.Postgres.ReadMajorAsync(), TestContext.Current.CancellationToken);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }
}
