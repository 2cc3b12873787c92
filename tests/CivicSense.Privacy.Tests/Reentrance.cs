using System.Collections;

namespace CivicSense.Privacy.Tests;

/// <summary>Something done by another thread while this one waits; it fails where the other cannot go on for thirty seconds.</summary>
static class Elsewhere
{
    public static T Run<T>(Func<T> action)
    {
        var done = Task.Run(action);
        Assert.True(done.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "The other thread waits for this one.");
        return done.GetAwaiter().GetResult();
    }

    public static void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });
}

/// <summary>Numbers whose reader, whenever it takes one, has to wait for another thread to finish something.</summary>
sealed class ReentrantList(long[] items, Action whileRead) : IReadOnlyList<long>
{
    public int Count
    {
        get
        {
            Elsewhere.Run(whileRead);
            return items.Length;
        }
    }

    public long this[int index]
    {
        get
        {
            Elsewhere.Run(whileRead);
            return items[index];
        }
    }

    public IEnumerator<long> GetEnumerator()
    {
        Elsewhere.Run(whileRead);
        return items.AsEnumerable().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A key whose hash code has to wait for another thread to finish something.</summary>
sealed class ReentrantKey(int number, Action whileHashed) : IEquatable<ReentrantKey>
{
    readonly int number = number;

    public bool Equals(ReentrantKey? other) => other is not null && this.number == other.number;

    public override bool Equals(object? obj) => Equals(obj as ReentrantKey);

    public override int GetHashCode()
    {
        Elsewhere.Run(whileHashed);
        return this.number;
    }
}
