using System.Buffers.Binary;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What happens when the disk does not do its part, and what is left on it afterwards.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Full_disk_writes_nothing_and_with_space_again_the_same_commit_succeeds()
    {
        using var disk = SmallDisk.Mount(folder.File("disk"), "1m");
        await using var store = new SqliteStore(Path.Combine(disk.Path, "node.db"));
        var batch = Batch(40_000);

        var failure = await Assert.ThrowsAsync<VaultUnavailableException>(async () => await store.Vault.CommitAsync(batch, Cancel));
        Assert.Contains("full", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));

        disk.Remount("size=64m");
        await store.Vault.CommitAsync(batch, Cancel);
        await store.RestartAsync();
        Assert.Equal(batch.Length, (await store.Vault.ReadContributionsAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Database_at_its_size_limit_writes_nothing_and_recovers()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        var first = Samples.Contribution(1, Samples.Window);
        await store.Vault.CommitAsync(new[] { first }, Cancel);
        await store.Database.LimitPagesAsync(40);

        await Assert.ThrowsAsync<VaultUnavailableException>(async () => await store.Vault.CommitAsync(Batch(40_000), Cancel));
        Assert.Equal([first], await store.Vault.ReadContributionsAsync(Cancel));

        await store.Database.LimitPagesAsync(1_000_000);
        await store.Vault.CommitAsync(Batch(40_000), Cancel);
        Assert.Equal(40_000, (await store.Vault.ReadContributionsAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Release_that_finds_the_disk_full_changes_nothing_and_can_be_tried_again()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        var contribution = Samples.Contribution(1, Samples.Window);
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);
        await store.Database.LimitPagesAsync(40);
        var measurements = Enumerable.Range(0, 20_000).Select(hour =>
            Samples.Measurement(new HourWindow(Samples.Window.Index + hour), Samples.North, Quantity.Pm25)).ToList();

        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            await release.CompleteWindowsAsync(Samples.Window, Cancel);
            await Assert.ThrowsAsync<VaultUnavailableException>(async () => await release.WriteMeasurementsAsync(measurements, Cancel));
            await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await release.CommitAsync(Cancel));
        }
        Assert.Equal([contribution], await store.Vault.ReadContributionsAsync(Cancel));
        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));

        await store.Database.LimitPagesAsync(1_000_000);
        await store.ReleaseAsync(async release =>
        {
            Assert.Null(release.State.ReleasedThrough);
            await release.WriteMeasurementsAsync(measurements, Cancel);
        });
        Assert.Equal(measurements.Count, (await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel)).Count);
    }

    [Fact]
    public async Task Released_contribution_is_nowhere_on_disk_any_more()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        const double Distinctive = 9876.54321012345;
        var batch = Batch(3_000);
        for (var i = 0; i < batch.Length; i++)
            batch[i] = batch[i] with { Sum = Distinctive };
        await store.Vault.CommitAsync(batch, Cancel);
        // The pattern must be found while it is there, or not finding it would say nothing.
        Assert.NotEmpty(FilesThatHold(Distinctive));

        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));

        Assert.Empty(FilesThatHold(Distinctive));
    }

    [Fact]
    public async Task Log_that_a_reader_kept_from_being_emptied_is_emptied_by_the_next_commit()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        const double Distinctive = 9876.54321012345;
        await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window, sum: Distinctive) }, Cancel);
        using (var reader = store.Database.OpenPrivateSession())
        {
            reader.Execute("BEGIN");
            Assert.Equal(1, reader.QueryNumber("SELECT count(*) FROM vault_contribution"));
            await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));
            Assert.NotEmpty(FilesThatHold(Distinctive));
        }

        await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window.Next) }, Cancel);

        Assert.Empty(FilesThatHold(Distinctive));
    }

    [Fact]
    public async Task Failure_messages_name_nobody()
    {
        await using var store = new SqliteStore(folder.File("node.db"));
        await store.Database.LimitPagesAsync(40);
        var requests = Enumerable.Range(0, 3_000).Select(i => Samples.Request($"Household Distinctive {i}", $"distinctive-{i}")).ToList();

        var failure = await Assert.ThrowsAsync<VaultUnavailableException>(async () => await store.Vault.EnrolAsync(requests, Cancel));

        Assert.DoesNotContain("istinctive", failure.ToString(), StringComparison.Ordinal);
    }

    static Contribution[] Batch(int devices) =>
        [.. Enumerable.Range(1, devices).Select(device => Samples.Contribution(device, Samples.Window))];

    List<string> FilesThatHold(double value)
    {
        var pattern = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(pattern, value);
        var found = new List<string>();
        foreach (var path in Directory.GetFiles(folder.Path))
        {
            if (path.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            if (bytes.AsSpan().IndexOf(pattern) >= 0)
                found.Add(Path.GetFileName(path));
        }
        return found;
    }
}
