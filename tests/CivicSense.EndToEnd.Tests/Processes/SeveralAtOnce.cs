using CivicSense.EndToEnd.Tests.Processes;
using Xunit.Sdk;
using Xunit.v3;

// A scene waits for its processes, databases and leases for half of its time. Not more than two: each is up to six nodes and a database, and
// a process that gets no processor for seconds is taken for one that stands still.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: TestCollectionOrderer(typeof(SharedSceneFirst))]

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>
/// Several classes that share something run one after the other, which takes longest: they begin first. Each class that shares nothing is a
/// collection of its own.
/// </summary>
public sealed class SharedSceneFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => collection.TestCollectionClassName is null).ThenBy(collection => collection.UniqueID)];
}
