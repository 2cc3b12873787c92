using System.Numerics;

namespace CivicSense.Privacy;

/// <summary>The largest integer whose square does not exceed the argument, exactly.</summary>
static class IntegerSquareRoot
{
    /// <summary>floor(sqrt(value)) for any value of at least zero.</summary>
    public static long Floor(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);

        // 3037000499 is the largest long whose square is a long. The estimate is off by at most one; the loops make the result exact
        // whatever Math.Sqrt does.
        const long LargestRoot = 3_037_000_499;
        var root = Math.Min((long)Math.Sqrt(value), LargestRoot);
        while (root * root > value)
            root--;

        while (root < LargestRoot && (root + 1) * (root + 1) <= value)
            root++;

        return root;
    }

    /// <summary>floor(sqrt(value)) for any value of at least zero, by Newton's iteration from above.</summary>
    public static BigInteger Floor(BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value.Sign, nameof(value));
        if (value.IsZero)
            return BigInteger.Zero;

        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + (value / root)) >> 1;
            if (next >= root)
                return root;

            root = next;
        }
    }
}
