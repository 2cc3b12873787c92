using System.Buffers.Binary;

namespace CivicSense.Privacy.Tests;

public sealed class RandomWordsTests
{
    [Fact]
    public void Every_word_is_used_once_and_in_order()
    {
        var words = new RandomWords(new Counting());
        for (ulong expected = 0; expected < 5_000; expected++)
            Assert.Equal(expected, words.Next());
    }

    [Fact]
    public void Used_bytes_are_wiped()
    {
        var source = new Counting { RefuseUnwiped = true };
        var words = new RandomWords(source);
        for (var i = 0; i < 5_000; i++)
            words.Next();

        Assert.True(source.Fills > 2, "The buffer was refilled, and found wiped, several times.");
    }

    [Fact]
    public void A_source_that_fails_half_way_gives_out_nothing()
    {
        var source = new Counting { FailAt = 1 };
        var words = new RandomWords(source);
        Assert.Throws<InvalidOperationException>(() => words.Next());
        Assert.Throws<InvalidOperationException>(() => words.Next());
        source.FailAt = int.MaxValue;
        Assert.Equal(source.NextWord, words.Next());
    }

    [Fact]
    public void Operating_system_bytes_are_not_constant()
    {
        // False alarm: 2^-256 for each of the two comparisons.
        Span<byte> first = stackalloc byte[32], second = stackalloc byte[32];
        OperatingSystemRandomBytes.Instance.Fill(first);
        OperatingSystemRandomBytes.Instance.Fill(second);
        Assert.False(first.SequenceEqual(second));
        Assert.True(first.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void No_public_constructor_or_method_takes_a_seed_or_a_generator()
    {
        var parameters =
            from type in typeof(DiscreteGaussian).Assembly.GetExportedTypes()
            from member in type.GetConstructors().Cast<System.Reflection.MethodBase>().Concat(type.GetMethods())
            from parameter in member.GetParameters()
            where parameter.ParameterType == typeof(Random)
                || parameter.ParameterType.IsAssignableTo(typeof(System.Security.Cryptography.RandomNumberGenerator))
                || parameter.ParameterType.IsInterface && parameter.ParameterType.Name.Contains("Random", StringComparison.Ordinal)
                || parameter.Name!.Contains("seed", StringComparison.OrdinalIgnoreCase)
            select $"{type.Name}.{member.Name}({parameter.Name})";
        Assert.Empty(parameters);
        Assert.False(typeof(IRandomBytes).IsPublic);
    }

    sealed class Counting : IRandomBytes
    {
        public ulong NextWord { get; private set; }

        public int Fills { get; private set; }

        public bool RefuseUnwiped { get; init; }

        public int FailAt { get; set; } = int.MaxValue;

        public void Fill(Span<byte> destination)
        {
            if (RefuseUnwiped && destination.ContainsAnyExcept((byte)0))
                throw new InvalidOperationException("The buffer still holds used bytes.");

            Fills++;
            for (; destination.Length > 0; destination = destination[8..])
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination, NextWord++);
                if (Fills >= FailAt)
                    throw new InvalidOperationException("No entropy.");
            }
        }
    }
}
