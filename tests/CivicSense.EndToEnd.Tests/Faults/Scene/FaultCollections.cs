namespace CivicSense.EndToEnd.Tests.Faults;

// Tests that break things run one after the other, on a PostgreSQL that nobody else uses.

/// <summary>What happens to processes that release.</summary>
[CollectionDefinition(Name)]
public sealed class ReleaseFaultCollection : ICollectionFixture<FaultServer>
{
    public const string Name = "faults of release processes";
}

/// <summary>What happens to processes that take readings, and to clocks.</summary>
[CollectionDefinition(Name)]
public sealed class IngestFaultCollection : ICollectionFixture<FaultServer>
{
    public const string Name = "faults of ingest processes";
}

/// <summary>What happens to the server itself and to what is in it.</summary>
[CollectionDefinition(Name)]
public sealed class DatabaseFaultCollection : ICollectionFixture<FaultServer>
{
    public const string Name = "faults of the database";
}
