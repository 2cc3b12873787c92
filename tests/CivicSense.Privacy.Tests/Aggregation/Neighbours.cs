using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

/// <summary>Two data sets and how far they are apart.</summary>
readonly record struct Pair<T>(IReadOnlyList<T> Data, IReadOnlyList<T> Other, int Distance);

/// <summary>
/// Generated neighbouring data sets. Both sides of a pair are in an order of their own, as order means nothing to the metrics.
/// </summary>
sealed class Neighbours(int seed)
{
    const int MostRows = 8;
    const int MostChanges = 4;
    const int Owners = 4;

    static readonly long[] Corners = [0, 1, -1, 2, 7, -7, 1000, long.MaxValue, long.MinValue, long.MaxValue - 1];

    public Random Random { get; } = new(seed);

    /// <summary>Runs a law on generated data.</summary>
    public static void Check(Action<Neighbours> law, int tests = 300) =>
        Prop.ForAll<int>(seed => law(new Neighbours(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(tests));

    public long Integer() => Random.Next(3) == 0 ? Corners[Random.Next(Corners.Length)] : Random.Next(-20, 20);

    public (long Lower, long Upper) Bounds()
    {
        var (first, second) = (Integer(), Integer());
        return (Math.Min(first, second), Math.Max(first, second));
    }

    /// <summary>Rows added and removed.</summary>
    public Pair<T> Added<T>(Func<T> value)
    {
        var common = Several(Random.Next(MostRows), value);
        var (removed, added) = (Random.Next(MostChanges), Random.Next(MostChanges));
        return new(
            Shuffled([.. common, .. Several(removed, value)]), Shuffled([.. common, .. Several(added, value)]), removed + added);
    }

    /// <summary>Rows replaced.</summary>
    public Pair<T> Replaced<T>(Func<T> value)
    {
        var common = Several(Random.Next(MostRows), value);
        var changed = Random.Next(MostChanges);
        return new(Shuffled([.. common, .. Several(changed, value)]), Shuffled([.. common, .. Several(changed, value)]), changed);
    }

    /// <summary>All rows of some owners added or removed.</summary>
    public Pair<Owned<T>> OwnersAdded<T>(Func<T> value)
    {
        var common = RowsOf(Enumerable.Range(0, Owners), value);
        var (removed, added) = (Random.Next(3), Random.Next(3));
        return new(
            Shuffled([.. common, .. RowsOf(Enumerable.Range(Owners, removed), value)]),
            Shuffled([.. common, .. RowsOf(Enumerable.Range(2 * Owners, added), value)]),
            removed + added);
    }

    /// <summary>The rows of some owners replaced by any other number of rows of the same owners, also by none.</summary>
    public Pair<Owned<T>> OwnersReplaced<T>(Func<T> value)
    {
        var common = RowsOf(Enumerable.Range(0, Owners), value);
        var changed = Enumerable.Range(Owners, Random.Next(3)).ToArray();
        return new(Shuffled([.. common, .. RowsOf(changed, value)]), Shuffled([.. common, .. RowsOf(changed, value)]), changed.Length);
    }

    public T[] Shuffled<T>(T[] rows)
    {
        Random.Shuffle(rows);
        return rows;
    }

    /// <summary>How many rows must be added or removed to make one list the other, without regard to order.</summary>
    public static int SymmetricDistance<T>(IReadOnlyList<T> first, IReadOnlyList<T> second)
    {
        var rest = second.ToList();
        var missing = first.Count(row => !rest.Remove(row));
        return missing + rest.Count;
    }

    Owned<T>[] RowsOf<T>(IEnumerable<int> owners, Func<T> value) =>
        [.. owners.SelectMany(owner => Several(Random.Next(MostRows), () => new Owned<T>(owner, value())))];

    static T[] Several<T>(int number, Func<T> value) => [.. Enumerable.Range(0, number).Select(_ => value())];
}
