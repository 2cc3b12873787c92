using System.Collections.Immutable;

namespace CivicSense.Commons;

/// <summary>The parameters that one quantity is estimated with from a window on, fitted to public values only.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Number">1 for the first fit, and so on; 0 are the constants of the program, which are not stored.</param>
/// <param name="From">The first window that they are used for.</param>
/// <param name="Values">The parameters by name, in the names' order; docs/estimation.md says what each is and its unit.</param>
public sealed record ModelVersion(Quantity Quantity, int Number, HourWindow From, ImmutableSortedDictionary<string, double> Values);

/// <summary>Keeps the versions of the model, for ever and public.</summary>
public interface IModelVersionStore
{
    /// <summary>Writes a version, durably. One of the same quantity and number that is there already stays.</summary>
    ValueTask WriteAsync(ModelVersion version, CancellationToken cancellationToken);
}
