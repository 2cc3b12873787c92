using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>Noise on the integers with an exact law: how it is drawn and added, whatever the law is.</summary>
/// <remarks>Safe for concurrent use: draws take a lock.</remarks>
public abstract class DiscreteNoise
{
    readonly Lock gate = new();

    private protected DiscreteNoise(IRandomBytes source) => Words = new RandomWords(source);

    /// <summary>Whether draws run in 128-bit arithmetic.</summary>
    internal bool IsFast { get; private protected init; }

    private protected RandomWords Words { get; }

    /// <summary>One draw.</summary>
    /// <exception cref="OverflowException">The value does not fit into 128 bits: probability below exp(-2^62).</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The operating system gave no random bytes.</exception>
    public Int128 Sample()
    {
        lock (gate)
        {
            return Draw();
        }
    }

    /// <summary>Fills the span with independent draws.</summary>
    /// <inheritdoc cref="Sample()"/>
    public void Sample(Span<Int128> destination)
    {
        lock (gate)
        {
            foreach (ref var value in destination)
                value = Draw();
        }
    }

    /// <summary>
    /// The value plus one draw; where the exact sum does not fit into 128 bits, the end of the range that lies nearer. It never throws on
    /// account of the value, so nothing but the sum can be learned.
    /// </summary>
    internal Int128 AddTo(Int128 value)
    {
        lock (gate)
        {
            return Noised(value);
        }
    }

    /// <summary>Adds a draw of its own to each value, as <see cref="AddTo(Int128)"/> does, under one lock.</summary>
    internal void AddTo(Span<Int128> values)
    {
        lock (gate)
        {
            foreach (ref var value in values)
                value = Noised(value);
        }
    }

    Int128 Noised(Int128 value) => IsFast ? Saturating.Add(value, DrawFast()) : Saturating.ToInt128(value + DrawLarge());

    Int128 Draw() => IsFast ? DrawFast() : (Int128)DrawLarge();

    /// <summary>One draw where <see cref="IsFast"/>.</summary>
    private protected abstract Int128 DrawFast();

    /// <summary>One draw, however large its numbers are.</summary>
    private protected abstract BigInteger DrawLarge();
}
