using CivicSense.Commons;
using CivicSense.Vault;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Storage.Tests;

/// <summary>Several ingest processes on one PostgreSQL: their names, and what becomes of one that was replaced or too late.</summary>
public sealed class IngestProcessTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_live_process_of_the_same_name_is_refused_and_told_what_to_do()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var first = await store.OpenAnotherAsync("east");
        await using var second = await store.OpenAnotherAsync("east");
        await first.IngestRegistry.RegisterAsync(Cancel);

        var refusal = await Assert.ThrowsAsync<IngestNameTakenException>(async () => await second.IngestRegistry.RegisterAsync(Cancel));

        Assert.Contains("'east'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--name", refusal.Message, StringComparison.Ordinal);
        // The first is none the worse for it.
        await first.IngestRegistry.ReportAsync(Samples.Window, Cancel);
        await first.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel);
    }

    [Fact]
    public async Task Name_is_free_again_when_its_process_has_stopped()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var first = await store.OpenAnotherAsync("east");
        await using var second = await store.OpenAnotherAsync("east");
        var before = await first.IngestRegistry.RegisterAsync(Cancel);
        await first.IngestRegistry.StopAsync(Cancel);

        Assert.True(await second.IngestRegistry.RegisterAsync(Cancel) > before);
    }

    [Fact]
    public async Task Processes_of_different_names_live_side_by_side()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var east = await store.OpenAnotherAsync("east");
        await using var west = await store.OpenAnotherAsync("west");
        await west.IngestRegistry.RegisterAsync(Cancel);
        await east.IngestRegistry.RegisterAsync(Cancel);
        await west.IngestRegistry.ReportAsync(Samples.Window, Cancel);

        var roster = await store.IngestRoster.ReadAsync(Cancel);
        Assert.Equal(
            [("east", null), ("west", (HourWindow?)Samples.Window)],
            roster.Processes.Select(process => (process.Name, process.ClosedThrough)));
        Assert.Null(roster.ReleasedThrough);
    }

    [Fact]
    public async Task Report_and_roster_say_how_far_the_release_has_come()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        Assert.Null((await store.IngestRegistry.ReportAsync(null, Cancel)).ReleasedThrough);

        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));

        Assert.Equal(Samples.Window, (await store.IngestRegistry.ReportAsync(null, Cancel)).ReleasedThrough);
        Assert.Equal(Samples.Window, (await store.IngestRoster.ReadAsync(Cancel)).ReleasedThrough);
    }

    [Fact]
    public async Task Replaced_process_commits_nothing_more_and_learns_why()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var first = await store.OpenAnotherAsync("east");
        await using var second = await store.OpenAnotherAsync("east");
        await first.IngestRegistry.RegisterAsync(Cancel);
        var contribution = Samples.Contribution(1, Samples.Window);
        await first.Vault.CommitAsync(new[] { contribution }, Cancel);
        await CutRegistryAsync(store);
        await second.IngestRegistry.RegisterAsync(Cancel);

        await Assert.ThrowsAsync<IngestReplacedException>(
            async () => await first.Vault.CommitAsync(new[] { contribution with { Count = 9 } }, Cancel));
        // The first report finds that the connection is gone, the next who has the name.
        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await first.IngestRegistry.ReportAsync(null, Cancel));
        await Assert.ThrowsAsync<IngestReplacedException>(async () => await first.IngestRegistry.ReportAsync(null, Cancel));
        await first.IngestRegistry.StopAsync(Cancel);
        Assert.Equal([contribution], await second.Vault.ReadContributionsAsync(Cancel));
        Assert.False(Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes).IsStopped);
    }

    [Fact]
    public async Task Report_is_answered_with_the_servers_clock()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        var before = (await store.QueryAsync<DateTime>("SELECT pg_catalog.clock_timestamp()"))[0];

        var told = (await store.IngestRegistry.ReportAsync(null, Cancel)).StoreTime!.Value.UtcDateTime;

        Assert.InRange(told, before, (await store.QueryAsync<DateTime>("SELECT pg_catalog.clock_timestamp()"))[0]);
    }

    [Fact]
    public async Task Name_that_is_forgotten_takes_its_sessions_of_devices_with_it()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel);
        foreach (var name in new[] { "east", "west" })
        {
            await using var process = await store.OpenAnotherAsync(name);
            await process.IngestRegistry.RegisterAsync(Cancel);
            await process.DeviceSessions.WriteAsync([new("a-1", "", null, new byte[] { 1 })], Cancel);
        }
        await store.QueryAsync<int>("UPDATE vault.ingest_process SET heartbeat = heartbeat - interval '31 days' WHERE name = 'east'");

        await store.IngestRegistry.RegisterAsync(Cancel);

        Assert.Equal(["west"], await store.QueryAsync<string>("SELECT ingest_node FROM vault.mqtt_session"));
        Assert.Equal(["", "west"], (await store.IngestRoster.ReadAsync(Cancel)).Processes.Select(process => process.Name));
    }

    [Fact]
    public async Task Name_is_taken_only_when_the_commits_of_the_process_before_are_over()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var first = await store.OpenAnotherAsync("east");
        await using var second = await store.OpenAnotherAsync("east");
        await first.IngestRegistry.RegisterAsync(Cancel);
        // A commit that has begun, and stays open as if its statement took long.
        await using var connection = new Npgsql.NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var commit = await connection.BeginTransactionAsync(Cancel);
        await using (var begin = new Npgsql.NpgsqlCommand(
            "SELECT vault.begin_commit(0, 'east', (SELECT incarnation FROM vault.ingest_process))", connection))
            await begin.ExecuteNonQueryAsync(Cancel);
        await CutRegistryAsync(store);

        var registering = second.IngestRegistry.RegisterAsync(Cancel).AsTask();
        await WaitForLockAsync(store);
        Assert.False(registering.IsCompleted);

        await commit.CommitAsync(Cancel);
        await registering;
    }

    [Fact]
    public async Task Process_whose_connection_was_cut_keeps_its_name_and_goes_on()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var first = await store.OpenAnotherAsync("east");
        await using var second = await store.OpenAnotherAsync("east");
        await first.IngestRegistry.RegisterAsync(Cancel);
        await CutRegistryAsync(store);

        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await first.IngestRegistry.ReportAsync(Samples.Window, Cancel));
        await first.IngestRegistry.ReportAsync(Samples.Window, Cancel);

        Assert.Equal(Samples.Window, Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes).ClosedThrough);
        await Assert.ThrowsAsync<IngestNameTakenException>(async () => await second.IngestRegistry.RegisterAsync(Cancel));
    }

    [Fact]
    public async Task Name_that_nobody_has_used_for_a_month_is_forgotten()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var east = await store.OpenAnotherAsync("east");
        await using var west = await store.OpenAnotherAsync("west");
        await east.IngestRegistry.RegisterAsync(Cancel);
        await store.QueryAsync<int>("UPDATE vault.ingest_process SET heartbeat = now() - interval '31 days'");

        await west.IngestRegistry.RegisterAsync(Cancel);

        Assert.Equal("west", Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes).Name);
    }

    [Fact]
    public async Task Sums_merged_over_several_processes_are_those_of_one()
    {
        const int MostProcesses = 4;
        await using var store = await PostgresStore.CreateAsync();
        var processes = new List<PostgresNodeDatabase>();
        for (var i = 0; i < MostProcesses; i++)
        {
            processes.Add(await store.OpenAnotherAsync($"process-{i}"));
            await processes[i].IngestRegistry.RegisterAsync(Cancel);
        }
        // Eighths add up exactly in any order.
        var readings = Gen.NonEmptyListOf(
            from process in Gen.Choose(0, MostProcesses - 1)
            from device in Gen.Choose(1, 3)
            from eighths in Gen.Choose(1, 8000)
            from offset in Gen.Choose(0, 3_599_999)
            select new SentReading(process, device, eighths, offset));
        var hour = Samples.Window.Index;
        Prop.ForAll(
            readings.ToArbitrary(),
            given =>
            {
                var window = new HourWindow(hour++);
                foreach (var group in given.GroupBy(reading => reading.Process))
                    processes[group.Key].Vault.CommitAsync(Merge(window, group).ToArray(), Cancel).AsTask().GetAwaiter().GetResult();
                return MergedAsync(store, window).GetAwaiter().GetResult().SequenceEqual(Merge(window, given));
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    /// <summary>What one process counts of them.</summary>
    static IEnumerable<Contribution> Merge(HourWindow window, IEnumerable<SentReading> readings) =>
        from reading in readings
        group reading by reading.Device into device
        orderby device.Key
        select Samples.Contribution(device.Key, window, sum: device.Sum(reading => reading.Eighths) / 8.0, count: device.Count())
            with { LastTime = window.Start.ToUnixTimeMilliseconds() + device.Max(reading => reading.Offset) };

    static async Task<IReadOnlyList<Contribution>> MergedAsync(PostgresStore store, HourWindow window)
    {
        await using var release = await store.Releases.BeginAsync(Cancel);
        return await release.ReadContributionsAsync(window, Cancel);
    }

    /// <summary>Cuts the connections that hold names, as a broken network would, and waits until the server has let go of them.</summary>
    static async Task CutRegistryAsync(PostgresStore store)
    {
        const string Holders =
            "FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = "
                + "current_database())";
        await store.QueryAsync<bool>($"SELECT pg_terminate_backend(pid) {Holders}");
        while ((await store.QueryAsync<long>($"SELECT count(*) {Holders}"))[0] > 0)
            await Task.Yield();
    }

    /// <summary>A reading, and the process that it went to.</summary>
    sealed record SentReading(int Process, int Device, int Eighths, int Offset);

    static async Task WaitForLockAsync(PostgresStore store)
    {
        while ((await store.QueryAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))[0] == 0)
            await Task.Yield();
    }
}
