namespace CivicSense.Node.References;

/// <summary>A document that is looked at again and again.</summary>
interface IReferenceDocument
{
    /// <summary>The whole document; null where it is the same as the last time.</summary>
    /// <exception cref="ReferenceSourceException">It cannot be had now.</exception>
    ValueTask<Stream?> OpenAsync(CancellationToken cancellationToken);

    /// <summary>What came last was of no use: the next time it comes again, changed or not.</summary>
    void Forget();
}
