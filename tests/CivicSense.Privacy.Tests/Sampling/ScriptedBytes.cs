using System.Buffers.Binary;

namespace CivicSense.Privacy.Tests;

/// <summary>Hands out the given words first, then a pseudo-random continuation that depends on the seed alone.</summary>
sealed class ScriptedBytes(int seed, params ulong[] words) : IRandomBytes
{
    readonly Random continuation = new(seed);
    int next;

    public void Fill(Span<byte> destination)
    {
        continuation.NextBytes(destination);
        for (; destination.Length >= 8 && next < words.Length; next++, destination = destination[8..])
            BinaryPrimitives.WriteUInt64LittleEndian(destination, words[next]);
    }
}
