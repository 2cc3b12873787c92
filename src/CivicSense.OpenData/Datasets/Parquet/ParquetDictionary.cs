namespace CivicSense.OpenData;

/// <summary>The different values of a column chunk in the order of their first occurrence, and for each row which of them it has.</summary>
sealed class ParquetDictionary<T>
    where T : notnull
{
    /// <summary>So many different values are let pass before it is asked whether they pay.</summary>
    const int Tolerated = 1024;

    /// <summary>An index of 16 bits beside a value of 64 every fourth row is where the direct encodings begin to be smaller.</summary>
    const int LeastRepetition = 4;

    readonly T[] entries;
    readonly int[] indices;

    ParquetDictionary(T[] entries, int[] indices)
    {
        this.entries = entries;
        this.indices = indices;
    }

    public ReadOnlySpan<T> Entries => entries;

    public ReadOnlySpan<int> Indices => indices;

    /// <summary>Builds the dictionary, or gives up as soon as too many values are different.</summary>
    public static ParquetDictionary<T>? TryBuild(ReadOnlySpan<T> values, IEqualityComparer<T>? comparer)
    {
        if (comparer is null || values.IsEmpty)
            return null;
        var known = new Dictionary<T, int>(comparer);
        var different = new List<T>();
        var positions = new int[values.Length];
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
                if (different.Count > Tolerated && different.Count > i / LeastRepetition)
                    return null;
                index = different.Count;
                different.Add(values[i]);
            }
            positions[i] = index;
        }
        return different.Count > Tolerated && different.Count > values.Length / LeastRepetition ? null : new([.. different], positions);
    }
}
