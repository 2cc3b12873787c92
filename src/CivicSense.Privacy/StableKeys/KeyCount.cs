namespace CivicSense.Privacy;

/// <summary>A key with its noisy count. Public.</summary>
/// <param name="Key">A key that occurs in the data.</param>
/// <param name="Count">The number of rows that have it, plus noise; at least the threshold.</param>
/// <typeparam name="TKey">The type of the key.</typeparam>
public readonly record struct KeyCount<TKey>(TKey Key, Int128 Count);
