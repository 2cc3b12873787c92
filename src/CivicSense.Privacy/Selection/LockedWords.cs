namespace CivicSense.Privacy;

/// <summary>
/// Random words for measurements that several threads may share: one draw, however many words it takes, holds the lock. So a draw calls
/// nothing of its caller's, no list and no equality, which could take long or ask for a draw itself.
/// </summary>
sealed class LockedWords(IRandomBytes source)
{
    readonly RandomWords _words = new(source);
    readonly Lock _gate = new();

    public T Draw<T>(Func<RandomWords, T> draw)
    {
        lock (_gate)
        {
            return draw(_words);
        }
    }
}
