namespace CivicSense.Storage.Tests;

public sealed class SqliteVaultTests : VaultContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteContributionTests : ContributionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteHouseholdTests : HouseholdContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteCommonsTests : CommonsContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteEstimateTests : EstimateContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteEstimateRevisionTests : EstimateRevisionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteCommonsVersionTests : CommonsVersionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteModelVersionTests : ModelVersionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteReleaseTransactionTests : ReleaseTransactionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteDeviceSessionTests : DeviceSessionContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());

    [Fact]
    public async Task Sessions_go_with_their_device()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var store = new SqliteStore();
        await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1")], cancel);
        await store.DeviceSessions.WriteAsync([new("balcony-1", "a", null, new byte[] { 1 })], cancel);

        await store.Database.ExecuteAsync("DELETE FROM vault_device");

        Assert.Empty(await store.DeviceSessions.ReadAsync(cancel));
        using var reader = store.Database.OpenPrivateSession();
        Assert.Equal(0, reader.QueryNumber("SELECT count(*) FROM vault_mqtt_sessions"));
    }
}

public sealed class SqliteIngestRegistryTests : IngestRegistryContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}
