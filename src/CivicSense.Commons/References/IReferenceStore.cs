namespace CivicSense.Commons;

/// <summary>
/// Keeps the values of official stations for good, so that everybody can do the predictions over. Nothing is ever replaced: for a station,
/// quantity and window the first value counts, whatever comes later.
/// </summary>
public interface IReferenceStore
{
    /// <summary>Adds the values that are new.</summary>
    /// <param name="values">Values in any order.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <returns>
    /// Those that were new, in the order given: no value of their station, quantity and window had been there. They are stored when this
    /// completes, all or none.
    /// </returns>
    /// <exception cref="InvalidOperationException">A value is known before its window; nothing was written.</exception>
    ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken);
}
