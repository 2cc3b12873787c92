namespace CivicSense.Storage.Tests;

public sealed class SqliteVaultTests : VaultContract
{
    protected override ValueTask<StoreUnderTest> CreateAsync() => new(new SqliteStore());
}

public sealed class SqliteCommonsTests : CommonsContract
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
