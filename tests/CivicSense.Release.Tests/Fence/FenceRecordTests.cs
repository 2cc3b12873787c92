using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Fence;

/// <summary>What stands in the fence is read back to the last bit: it becomes public if the release must be done over.</summary>
public sealed class FenceRecordTests
{
    static readonly long[] LongEdges = [0, -1, 1, long.MinValue, long.MaxValue, (1L << 53) + 1, -(1L << 53) - 1];

    static readonly double[] DoubleEdges =
    [
        0.0, -0.0, 0.1 + 0.2, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, Math.PI, 1e23, 5e-324,
        2.2250738585072011e-308,
    ];

    [Fact]
    public void A_record_is_the_same_after_being_written_and_read() => Enrolments.ForAllSeeds(seed =>
    {
        var record = Record(new Random(seed));
        var read = FenceRecord.Read(record.Write());
        Assert.Equal(record.Published, read.Published);
        Assert.Equal(record.Prepared?.Point, read.Prepared?.Point);
        Assert.Equal(record.Prepared?.PreviousHead, read.Prepared?.PreviousHead);
        AssertSame(record.Prepared?.Release, read.Prepared?.Release);
        Assert.Equal(record.Write(), read.Write());
    }, tests: 500);

    [Fact]
    public void Every_edge_of_the_numbers_is_kept()
    {
        var release = Release(new Random(1)) with { Values = [.. LongEdges], Activity = [.. LongEdges], Baselines = [.. DoubleEdges] };
        AssertSame(release,
            FenceRecord.Read(new FenceRecord(null, new(new(1, "aa", null, null, null), "bb", release)).Write()).Prepared!.Release);
    }

    static void AssertSame(PreparedRelease? expected, PreparedRelease? actual)
    {
        if (expected is null || actual is null)
        {
            Assert.Equal(expected, actual);
            return;
        }
        Assert.Equal((expected.Day, expected.DayEnd, expected.Window, expected.PreviousHead),
            (actual.Day, actual.DayEnd, actual.Window, actual.PreviousHead));
        Assert.Equal(expected.Values, actual.Values);
        Assert.Equal(expected.Baselines.Select(BitConverter.DoubleToInt64Bits), actual.Baselines.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.Activity, actual.Activity);
        Assert.Equal(expected.Budgets, actual.Budgets);
        Assert.Equal(expected.ActiveOwners, actual.ActiveOwners);
        Assert.Equal(
            expected.Entries.Select(entry => (entry.Document, entry.Hash, entry.Content)),
            actual.Entries.Select(entry => (entry.Document, entry.Hash, entry.Content)));
    }

    static FenceRecord Record(Random random) => new(
        random.Next(3) == 0 ? null : Point(random),
        random.Next(3) == 0 ? null : new FencePreparation(Point(random), Hash(random), random.Next(4) == 0 ? null : Release(random)));

    static FencePoint Point(Random random) => new(
        random.NextInt64(1, long.MaxValue), Hash(random), random.Next(3) == 0 ? null : Day(random),
        random.Next(3) == 0 ? null : Window(random),
        random.Next(3) == 0 ? null : Window(random));

    static PreparedRelease Release(Random random)
    {
        var (day, window) = (Day(random), Window(random));
        return new PreparedRelease(
            day, Window(random), window, Hash(random), Some(random, Long), Some(random, FiniteDouble), Some(random, Long),
            Some(random, _ => KeyValuePair.Create(random.Next(), random.NextInt64())),
            Some(random, _ => new ActiveOwner(random.Next(), random.Next(100))),
            [Entry(LedgerEntryKind.Window, window), Entry(LedgerEntryKind.Activity, null)]);

        LedgerEntry Entry(LedgerEntryKind kind, HourWindow? of) => LedgerEntry.Create(
            new LedgerRecord(
                random.NextInt64(1, long.MaxValue), kind, DateTimeOffset.UnixEpoch.AddSeconds(random.Next()), day, of, Hash(random),
                random.Next(), Hash(random), random.Next(1, 10_000) / 10_000m),
            Hash(random));
    }

    static ImmutableArray<T> Some<T>(Random random, Func<Random, T> one) =>
        [.. Enumerable.Range(0, random.Next(12)).Select(_ => one(random))];

    static long Long(Random random) =>
        random.Next(4) == 0 ? LongEdges[random.Next(LongEdges.Length)] : random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);

    /// <summary>Any bit pattern that is a number.</summary>
    static double FiniteDouble(Random random)
    {
        if (random.Next(4) == 0)
            return DoubleEdges[random.Next(DoubleEdges.Length)];
        while (true)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value))
                return value;
        }
    }

    static PrivacyDay Day(Random random) => new(new DateOnly(2026, 1, 1).AddDays(random.Next(10_000)));

    static HourWindow Window(Random random) => new(random.Next(400_000, 1_000_000));

    static string Hash(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
