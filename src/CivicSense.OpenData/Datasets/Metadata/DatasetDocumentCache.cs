using Microsoft.Extensions.Caching.Memory;

namespace CivicSense.OpenData;

/// <summary>Keeps the documents that describe the files: each is built once for each change of the files, not for each request.</summary>
/// <remarks>
/// Where the node knows no address of its own, documents name the one that they were asked for at. Whoever invents addresses cannot fill
/// the memory: the cache has a bound, and what does not fit into it is built again. Safe for concurrent use.
/// </remarks>
sealed class DatasetDocumentCache : IDisposable
{
    /// <summary>Bytes of all documents together. A year of 4 quantities has 2 MB of them.</summary>
    const long MostBytes = 32 << 20;

    /// <summary>Addresses are as long as whoever asks likes.</summary>
    const int LongestOrigin = 200;

    readonly MemoryCache documents = new(new MemoryCacheOptions { SizeLimit = MostBytes, CompactionPercentage = 0.5 });
    readonly SemaphoreSlim building = new(1);

    long builds;

    /// <summary>How often a document was built.</summary>
    public long Builds => Interlocked.Read(ref builds);

    /// <summary>Finds a document, or builds it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="context">What it is made from.</param>
    /// <param name="build">Makes it.</param>
    /// <param name="cancellationToken">Gives up waiting for others that build.</param>
    public async ValueTask<DatasetDocument> GetAsync(
        string name, DatasetContext context, Func<DatasetContext, byte[]> build, CancellationToken cancellationToken)
    {
        var key = (name, context.Origin, context.Bounds, context.Catalogue.Version);
        if (documents.TryGetValue(key, out DatasetDocument? known))
            return known!;
        await building.WaitAsync(cancellationToken);
        try
        {
            if (documents.TryGetValue(key, out known))
                return known!;
            Interlocked.Increment(ref builds);
            var body = build(context);
            var document = new DatasetDocument(body, EntityTag.Of(body));
            if (context.Origin.Length <= LongestOrigin)
                documents.Set(key, document, new MemoryCacheEntryOptions { Size = body.Length, SlidingExpiration = TimeSpan.FromHours(1) });
            return document;
        }
        finally
        {
            building.Release();
        }
    }

    public void Dispose()
    {
        documents.Dispose();
        building.Dispose();
    }
}

/// <summary>A document as it is served.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="Tag">Their entity tag.</param>
sealed record DatasetDocument(ReadOnlyMemory<byte> Body, string Tag);
