using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>The different values of a column chunk in the order of their first occurrence, and for each row which of them it has.</summary>
sealed class ParquetDictionary<T> : IDisposable
    where T : notnull
{
    /// <summary>So few different values always pay.</summary>
    const int Tolerated = 1024;

    /// <summary>An index of 16 bits beside a value of 64 every fourth row is where the direct encodings begin to be smaller.</summary>
    const int LeastRepetition = 4;

    readonly List<T> entries;
    readonly int[] indices;
    readonly int count;

    ParquetDictionary(List<T> entries, int[] indices, int count)
    {
        this.entries = entries;
        this.indices = indices;
        this.count = count;
    }

    public ReadOnlySpan<T> Entries => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(entries);

    public ReadOnlySpan<int> Indices => indices.AsSpan(0, count);

    /// <summary>Builds the dictionary, or gives up as soon as too many values are different.</summary>
    public static ParquetDictionary<T>? TryBuild(ReadOnlySpan<T> values, IEqualityComparer<T>? comparer)
    {
        if (comparer is null || values.IsEmpty)
            return null;
        var most = Math.Max(Tolerated, values.Length / LeastRepetition);
        var known = new Dictionary<T, int>(comparer);
        var different = new List<T>();
        // Large arrays that are made anew for each chunk would pile up until they are collected.
        var positions = ArrayPool<int>.Shared.Rent(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            // Neighbours are often the same.
            if (i > 0 && comparer.Equals(values[i], values[i - 1]))
            {
                positions[i] = positions[i - 1];
                continue;
            }
            ref var index = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(known, values[i], out var exists);
            if (!exists)
            {
                if (different.Count == most)
                {
                    ArrayPool<int>.Shared.Return(positions);
                    return null;
                }
                index = different.Count;
                different.Add(values[i]);
            }
            positions[i] = index;
        }
        return new ParquetDictionary<T>(different, positions, values.Length);
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(indices);
}
