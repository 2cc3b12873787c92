namespace CivicSense.Storage.Tests;

public sealed class PostgresVaultTests : VaultContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresCommonsTests : CommonsContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
}

public sealed class PostgresEstimateRevisionTests : EstimateRevisionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await PostgresStore.CreateAsync();
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
