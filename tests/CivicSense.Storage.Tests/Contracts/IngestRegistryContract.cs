using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IIngestRegistry"/> does, and what <see cref="IIngestRoster"/> says of it.</summary>
public abstract class IngestRegistryContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_is_on_the_roster_before_the_first_process_registers()
    {
        await using var store = await CreateAsync();

        Assert.Empty((await store.IngestRoster.ReadAsync(Cancel)).Processes);
    }

    [Fact]
    public async Task Registered_process_has_closed_nothing_yet()
    {
        await using var store = await CreateAsync();

        var incarnation = await store.IngestRegistry.RegisterAsync(Cancel);

        var process = Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes);
        Assert.Equal(("", incarnation, null, false), (process.Name, process.Incarnation, process.ClosedThrough, process.IsStopped));
        Assert.True(process.Silence < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Report_says_how_far_the_process_has_come_and_never_goes_back()
    {
        await using var store = await CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);

        await store.IngestRegistry.ReportAsync(null, Cancel);
        Assert.Null(await ClosedThroughAsync(store));
        await store.IngestRegistry.ReportAsync(Samples.Window.Next, Cancel);
        await store.IngestRegistry.ReportAsync(Samples.Window, Cancel);
        await store.IngestRegistry.ReportAsync(null, Cancel);
        Assert.Equal(Samples.Window.Next, await ClosedThroughAsync(store));
    }

    [Fact]
    public async Task Every_report_is_a_heartbeat()
    {
        await using var store = await CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        var first = Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes);

        await store.IngestRegistry.ReportAsync(null, Cancel);

        var later = Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes);
        Assert.True(later.Heartbeat > first.Heartbeat);
    }

    [Fact]
    public async Task Stopped_process_stays_on_the_roster_as_stopped()
    {
        await using var store = await CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        await store.IngestRegistry.ReportAsync(Samples.Window, Cancel);

        await store.IngestRegistry.StopAsync(Cancel);

        var process = Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes);
        Assert.True(process.IsStopped);
        Assert.Equal(Samples.Window, process.ClosedThrough);
    }

    [Fact]
    public async Task Stop_of_a_process_that_never_registered_is_nothing()
    {
        await using var store = await CreateAsync();

        await store.IngestRegistry.StopAsync(Cancel);

        Assert.Empty((await store.IngestRoster.ReadAsync(Cancel)).Processes);
    }

    [Fact]
    public async Task Process_that_registers_again_begins_anew()
    {
        await using var store = await CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        await store.IngestRegistry.ReportAsync(Samples.Window, Cancel);
        await store.IngestRegistry.StopAsync(Cancel);
        await store.RestartAsync();

        await store.IngestRegistry.RegisterAsync(Cancel);

        var process = Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes);
        Assert.Null(process.ClosedThrough);
        Assert.False(process.IsStopped);
        await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel);
    }

    [Fact]
    public async Task Late_commit_says_through_which_hour_was_released()
    {
        await using var store = await CreateAsync();
        await store.IngestRegistry.RegisterAsync(Cancel);
        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window.Next, Cancel));

        var late = await Assert.ThrowsAsync<WindowReleasedException>(
            async () => await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel));

        Assert.Equal(Samples.Window.Next, late.Through);
        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));
    }

    static async Task<HourWindow?> ClosedThroughAsync(StoreUnderTest store) =>
        Assert.Single((await store.IngestRoster.ReadAsync(Cancel)).Processes).ClosedThrough;
}
