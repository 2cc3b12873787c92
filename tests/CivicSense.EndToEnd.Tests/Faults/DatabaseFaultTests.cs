using CivicSense.EndToEnd.Tests.Processes;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The database server dies, stops, or takes nothing more, and comes back; the node goes on by itself.</summary>
[Collection(DatabaseFaultCollection.Name)]
public sealed class DatabaseFaultTests(FaultServer server)
{
    [Fact]
    public Task Server_killed_and_restarted_while_devices_publish_takes_nothing_acknowledged_with_it() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(5);
            foreach (var end in Ends(scene.Postgres))
            {
                var publishing = scene.PublishAsync(60);
                await scene.PauseAsync(60);
                await end();
                await scene.PauseAsync(1000);
                await scene.Postgres.StartAsync();
                await publishing;
                await scene.AuditAsync(node);
            }
            await scene.GoesOnAsync(node);
            Assert.False(node.Process.HasExited);
        });

    [Fact]
    public Task Server_killed_and_restarted_in_the_commit_of_a_window_has_it_released_once() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            foreach (var moment in scene.Moments())
            {
                foreach (var end in Ends(scene.Postgres))
                {
                    await scene.PublishAsync(10);
                    await scene.AuditAsync(node);
                    var commit = node.Line.Trap(Commit.OfWindow, moment);
                    var window = scene.StepToDue();
                    await commit.ReachedAsync();
                    await end();
                    await commit.DropAsync();
                    await scene.PauseAsync(1000);
                    await scene.Postgres.StartAsync();
                    await scene.ReleasedAsync(window);
                    await scene.AuditAsync(node);
                }
            }
            await scene.GoesOnAsync(node);
            Assert.False(node.Process.HasExited);
        });

    [Fact]
    public Task Database_that_is_read_only_for_a_while_holds_up_readings_and_release_and_loses_nothing() =>
        FaultPlay.PlayAsync(server, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.PublishAsync(5);
            await scene.SqlAsync($"ALTER DATABASE {scene.Database} SET default_transaction_read_only = on");
            await scene.SqlAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            var publishing = scene.PublishAsync(20);
            // A connection that is made meanwhile stays read-only, as one to a server that has become a standby.
            await FaultScene.UntilAsync(
                async () => await scene.Audit.ScalarAsync(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND usename = 'node' AND query LIKE "
                        + "'%vault.contribution%'") is not null,
                () => "The node has not tried again.");
            Assert.False(publishing.IsCompleted, "What is not stored was acknowledged.");
            await scene.PauseAsync(1000);
            await scene.SqlAsync($"BEGIN READ WRITE; ALTER DATABASE {scene.Database} RESET default_transaction_read_only; COMMIT");
            await publishing;
            await scene.AuditAsync(node);
            await scene.GoesOnAsync(node);
        });

    [Fact]
    public async Task Database_whose_disk_is_full_for_a_while_holds_up_readings_and_release_and_loses_nothing()
    {
        var postgres = await server.GetAsync();
        using var folder = new TemporaryFolder();
        using var disk = SmallDisk.Mount(folder.File("disk"), "48m");
        await MortalPostgres.RunShellAsync($"chmod a+x '{folder.Path}' && chown postgres '{disk.Path}'");
        await MortalPostgres.ExecuteAsync(postgres.ConnectionString("postgres"), $"CREATE TABLESPACE small LOCATION '{disk.Path}'");
        await FaultPlay.PlayAsync(server, scene => FillAsync(scene, disk), "TABLESPACE small");
        await MortalPostgres.ExecuteAsync(postgres.ConnectionString("postgres"), "DROP TABLESPACE small");
    }

    [Fact]
    public async Task Server_that_has_stopped_because_the_disk_of_its_log_was_full_goes_on_with_everything_when_there_is_room()
    {
        using var folder = new TemporaryFolder();
        using var disk = SmallDisk.Mount(folder.File("disk"), "128m");
        await MortalPostgres.RunShellAsync($"chmod a+x '{folder.Path}' && chown postgres '{disk.Path}'");
        await using var own = new FaultServer(Path.Combine(disk.Path, "log"));
        await FaultPlay.PlayAsync(own, async scene =>
        {
            var node = await scene.StartOneAsync();
            await scene.SqlAsync("CREATE TABLE audit.ballast (content text)");
            disk.Fill();
            var publishing = scene.PublishAsync(50);
            await scene.Postgres.StopsByItselfAsync(
                () => scene.SqlAsync("INSERT INTO audit.ballast SELECT repeat('x', 1000) FROM generate_series(1, 1000)"));
            if (publishing.IsCompleted)
            {
                await publishing;
                publishing = scene.PublishAsync(10);
            }
            await scene.PauseAsync(1000);
            Assert.False(publishing.IsCompleted, "What is not stored was acknowledged.");
            disk.MakeRoom();
            await scene.Postgres.StartAsync();
            await publishing;
            await scene.AuditAsync(node);
            await scene.GoesOnAsync(node);
            Assert.False(node.Process.HasExited);
        });
    }

    static async Task FillAsync(FaultScene scene, SmallDisk disk)
    {
        var node = await scene.StartOneAsync();
        await scene.PublishAsync(5);
        Task publishing;
        // Somebody reads an old state, so that the place of replaced rows cannot be used again.
        await using (var reader = new NpgsqlConnection(scene.AdministratorConnection))
        {
            await reader.OpenAsync(TestContext.Current.CancellationToken);
            await using var transaction = await reader.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
            await using var look = new NpgsqlCommand("SELECT count(*) FROM vault.contribution", reader, transaction);
            await look.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            disk.Fill();
            publishing = scene.PublishAsync(200);
            await node.Process.SaysAsync("The disk of the database server is full");
        }
        Assert.False(publishing.IsCompleted, "What is not stored was acknowledged.");
        await scene.PauseAsync(1000);
        disk.MakeRoom();
        await publishing;
        await scene.AuditAsync(node);

        disk.Fill();
        // The first window of a day needs room in every table.
        var window = scene.StepToDue();
        await node.Process.SaysAsync("Nothing can be released now");
        Assert.NotEqual(window, await scene.Audit.ReleasedThroughAsync());
        await scene.PauseAsync(1000);
        disk.MakeRoom();
        await scene.ReleasedAsync(window);
        await scene.AuditAsync(node);
        await scene.GoesOnAsync(node);
    }

    static IEnumerable<Func<Task>> Ends(MortalPostgres postgres) => [postgres.KillAsync, postgres.StopAsync];
}
