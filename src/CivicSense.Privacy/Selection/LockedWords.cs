namespace CivicSense.Privacy;

/// <summary>
/// Random words for measurements that several threads may share: one draw, however many words it takes, holds the lock. So a draw calls
/// nothing of its caller's, no list and no equality, which could take long or ask for a draw itself.
/// </summary>
sealed class LockedWords(IRandomBytes source)
{
    readonly RandomWords words = new(source);
    readonly Lock gate = new();

    public T Draw<T>(Func<RandomWords, T> draw)
    {
        lock (gate)
        {
            return draw(words);
        }
    }
}
