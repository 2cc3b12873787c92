using CivicSense.EndToEnd.Tests.Public;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>Tests that look at the finished demo. They change nothing about it.</summary>
[CollectionDefinition(Name)]
public sealed class FinishedDemoCollection : ICollectionFixture<FinishedDemo>, ICollectionFixture<PublicBrowser>
{
    public const string Name = "finished demo";
}
