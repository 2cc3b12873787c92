namespace CivicSense.Storage.Tests;

public sealed class TimescaleVaultTests : VaultContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleContributionTests : ContributionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleCommonsTests : CommonsContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleEstimateTests : EstimateContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleEstimateRevisionTests : EstimateRevisionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleCommonsVersionTests : CommonsVersionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleModelVersionTests : ModelVersionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleReleaseTransactionTests : ReleaseTransactionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleDeviceSessionTests : DeviceSessionContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleHouseholdTests : HouseholdContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}

public sealed class TimescaleIngestRegistryTests : IngestRegistryContract
{
    protected override async ValueTask<StoreUnderTest> CreateAsync() => await TimescaleStore.CreateAsync();
}
