using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What <see cref="ICommons.ReadVersionAsync"/> promises whoever keeps what was read.</summary>
public abstract class CommonsVersionContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_public_change_makes_another_version()
    {
        await using var store = await CreateAsync();
        var entry = Samples.Entry(1, LedgerEntry.Genesis);
        Func<Task>[] changes =
        [
            () => store.ReleaseAsync(async transaction => await transaction.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel)),
            () => store.ReleaseAsync(async transaction =>
            {
                await transaction.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25)], Cancel);
                await transaction.AppendLedgerAsync(entry, Cancel);
            }),
            () => store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Samples.Window, 12)], Cancel).AsTask(),
            () => store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Samples.Window, 13)], Cancel).AsTask(),
            // Older than the newest.
            () => store.Estimates.WriteAsync([Samples.Estimate(Samples.North, new(Samples.Window.Index - 5), 13)], Cancel).AsTask(),
            () => store.References.AddAsync([Samples.Reference("quay", Samples.Window, 9, Samples.Window.Next)], Cancel).AsTask(),
            () => store.ModelVersions.WriteAsync(Samples.Model(Quantity.Pm25, 1, Samples.Window, ("cityMemory", 43)), Cancel).AsTask(),
        ];
        var versions = new List<string?> { await store.Commons.ReadVersionAsync(Cancel) };
        foreach (var change in changes)
        {
            await change();
            versions.Add(await store.Commons.ReadVersionAsync(Cancel));
        }

        Assert.DoesNotContain(null, versions);
        Assert.Equal(versions.Count, versions.Distinct().Count());
    }

    [Fact]
    public async Task What_is_private_leaves_the_version_as_it_is()
    {
        await using var store = await CreateAsync();
        var before = await store.Commons.ReadVersionAsync(Cancel);

        var device = (await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1")], Cancel))[0];
        await store.Vault.CommitAsync(new[] { Samples.Contribution(device.Id, Samples.Window) }, Cancel);

        Assert.Equal(before, await store.Commons.ReadVersionAsync(Cancel));
    }

    [Fact]
    public async Task Newest_estimates_are_those_of_the_last_commit_however_often_they_were_read()
    {
        await using var store = await CreateAsync();
        for (var hour = 0; hour < 3; hour++)
        {
            var estimate = Samples.Estimate(Samples.North, new(Samples.Window.Index + hour), 12 + hour);
            await store.Estimates.WriteAsync([estimate], Cancel);

            Assert.Equal([estimate], await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
            Assert.Equal([estimate], await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
        }
    }
}
