using System.Globalization;
using System.Security.Cryptography;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Makes packets that nobody meant out of valid ones. The same seed makes the same packets.</summary>
#pragma warning disable CA5394 // Test input, which a printed seed has to be able to repeat.
sealed class Mutation(int seed)
{
    static readonly byte[] Borders = [0, 1, 2, 3, 0x7F, 0x80, 0xFE, 0xFF, (byte)'#', (byte)'+', (byte)'/', (byte)'$'];

    readonly Random random = new(seed);

    /// <summary>CIVICSENSE_FUZZ_SEED repeats a run; otherwise every run has another seed.</summary>
    public static int ChooseSeed()
    {
        string? wanted = Environment.GetEnvironmentVariable("CIVICSENSE_FUZZ_SEED");
        return wanted is null ? RandomNumberGenerator.GetInt32(int.MaxValue) : int.Parse(wanted, CultureInfo.InvariantCulture);
    }

    public int Next(int bound) => random.Next(bound);

    /// <summary>A mutated packet of the corpus, or one in eight times plain noise.</summary>
    public (byte[] Bytes, CorpusPacket From) Next()
    {
        CorpusPacket from = PacketCorpus.All[random.Next(PacketCorpus.All.Count)];
        if (random.Next(8) == 0)
        {
            byte[] noise = new byte[random.Next(1, 64)];
            random.NextBytes(noise);
            return (noise, from);
        }

        byte[] packet = from.Bytes;
        for (int changes = random.Next(1, 5); changes > 0; changes--) packet = Change(packet);
        // Where the length is right again, the change is found by the reader of the body and not by that of the header.
        if (packet.Length >= 2 && random.Next(4) != 0)
            packet = PacketBuilder.Frame(packet[0], packet[Math.Min(packet.Length, HeaderLength(from))..]);
        return (packet, from);
    }

    byte[] Change(byte[] packet)
    {
        if (packet.Length == 0) return [(byte)random.Next(256)];
        int at = random.Next(packet.Length);
        int length = Math.Min(random.Next(1, 9), packet.Length - at);
        byte[] other = PacketCorpus.All[random.Next(PacketCorpus.All.Count)].Bytes;
        return random.Next(7) switch
        {
            0 => [.. packet[..at], (byte)(packet[at] ^ 1 << random.Next(8)), .. packet[(at + 1)..]],
            1 => [.. packet[..at], (byte)random.Next(256), .. packet[(at + 1)..]],
            2 => [.. packet[..at], Borders[random.Next(Borders.Length)], .. packet[(at + 1)..]],
            3 => [.. packet[..at], .. packet[(at + length)..]],
            4 => [.. packet[..(at + length)], .. packet[at..]],
            5 => [.. packet[..at], .. other[random.Next(other.Length)..]],
            _ => packet[..at],
        };
    }

    static int HeaderLength(CorpusPacket packet) => packet.Bytes[1] < 0x80 ? 2 : 3;
}
#pragma warning restore CA5394
