using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

public sealed class PostgresVaultTests : VaultContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresContributionTests : ContributionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresCommonsTests : CommonsContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresEstimateTests : EstimateContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresEstimateRevisionTests : EstimateRevisionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresCommonsVersionTests : CommonsVersionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();

    [Fact]
    public async Task What_another_process_writes_is_noticed()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var store = await PostgresStore.CreateAsync();
        await using var another = await store.OpenAnotherAsync("another");
        var before = await another.Commons.ReadVersionAsync(cancel);
        Assert.Empty(await another.Commons.ReadLatestEstimatesAsync(Resolution.Hour, cancel));
        var estimate = Samples.Estimate(Samples.North, Samples.Window, 12);

        await store.Estimates.WriteAsync([estimate], cancel);

        Assert.NotEqual(before, await another.Commons.ReadVersionAsync(cancel));
        Assert.Equal([estimate], await another.Commons.ReadLatestEstimatesAsync(Resolution.Hour, cancel));
    }
}

public sealed class PostgresModelVersionTests : ModelVersionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresReleaseTransactionTests : ReleaseTransactionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresDeviceSessionTests : DeviceSessionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresHouseholdTests : HouseholdContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresIngestRegistryTests : IngestRegistryContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}
