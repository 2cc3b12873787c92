using CivicSense.Commons;
using CivicSense.Release;
using Npgsql;

namespace CivicSense.Storage.Tests;

/// <summary>What is public but not released is written by the process that leads, and by nobody who has led before.</summary>
public sealed class LeadersWritesTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_that_has_lost_the_lease_writes_no_values_of_stations_no_estimates_and_no_model()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.ExpireLeaseAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
        var value = Samples.Reference("Quay", Samples.Window, 12, Samples.Window);

        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.References.AddAsync([value], Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(
            async () => await store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Samples.Window, 9)], Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(
            async () => await store.ModelVersions.WriteAsync(Samples.Model(Quantity.Pm25, 1, Samples.Window, ("phi", 0.5)), Cancel));

        Assert.Empty(await store.Commons.ReadReferenceValuesAsync(Samples.Window, Samples.Window.Next, Cancel));
        Assert.Equal([0L],
            await store.QueryAsync<long>("SELECT (SELECT count(*) FROM commons.estimate) + (SELECT count(*) FROM commons.model_version)"));
        Assert.Equal([value], await second.References.AddAsync([value], Cancel));
    }

    [Fact]
    public async Task Lease_cannot_be_taken_while_values_of_stations_are_being_written()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.ExpireLeaseAsync();
        // Somebody has the table to himself for a moment, so the values wait inside their transaction.
        await using var holder = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await holder.OpenAsync(Cancel);
        await using var held = await holder.BeginTransactionAsync(Cancel);
        await using (var hold = new NpgsqlCommand("LOCK TABLE commons.reference_value IN EXCLUSIVE MODE", holder))
            await hold.ExecuteNonQueryAsync(Cancel);
        var value = Samples.Reference("Quay", Samples.Window, 12, Samples.Window);
        var writing = store.References.AddAsync([value], Cancel).AsTask();
        while ((await store.QueryAsync<int>(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'commons.reference_value'::regclass")).Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        Assert.False(await second.ReleaseLease.TakeAsync(token, Cancel));
        await held.CommitAsync(Cancel);
        Assert.Equal([value], await writing);
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
    }
}
