namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>Tests that start processes run one after the other: each is given the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessCollection : ICollectionFixture<FinishedDemo>
{
    public const string Name = "processes";
}
