using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CivicSense.Privacy;

/// <summary>
/// Uniform 64-bit words from an <see cref="IRandomBytes"/>, taken through a buffer. Each word is handed out once and is wiped from the
/// buffer as it is handed out. The buffer is pinned, so that the garbage collector leaves no copy of it behind.
/// </summary>
/// <remarks>Not safe for concurrent use: two threads could be given the same word. <see cref="DiscreteGaussian"/> holds a lock.</remarks>
sealed class RandomWords(IRandomBytes source)
{
    // 4 KiB: about thirty draws. Small enough that little is lost or remembered, large enough to hide the price of a system call.
    const int Capacity = 512;

    readonly IRandomBytes source = source ?? throw new ArgumentNullException(nameof(source));
    readonly ulong[] buffer = GC.AllocateArray<ulong>(Capacity, pinned: true);
    int next = Capacity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        if ((uint)next >= Capacity)
            Refill();

        ref var slot = ref buffer[next];
        var word = slot;
        slot = 0;
        next++;
        return word;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Refill()
    {
        // A source that throws half-way leaves the buffer marked empty: nothing of it is ever handed out.
        next = Capacity;
        this.source.Fill(MemoryMarshal.AsBytes(buffer.AsSpan()));
        next = 0;
    }
}
