namespace CivicSense.Storage;

/// <summary>
/// A question that everybody asks alike. Those who come while it is being answered wait for the next answer together, so that the database
/// is asked once at a time, however many wait. Thread-safe.
/// </summary>
/// <remarks>Nobody gets an answer that was asked for before they came: it may be one of the past.</remarks>
/// <param name="ask">Asks the database.</param>
sealed class SharedQuestion<T>(Func<Task<T>> ask)
{
    readonly Lock gate = new();
    TaskCompletionSource<T>? waiting;
    bool isAsking;

    /// <summary>An answer that was asked for after this call began. What the question throws, all who waited for it get.</summary>
    public Task<T> AskAsync(CancellationToken cancellationToken)
    {
        Task<T> answer;
        bool isFirst;
        lock (gate)
        {
            waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            (answer, isFirst) = (waiting.Task, !isAsking);
            isAsking = true;
        }
        if (isFirst)
            _ = AnswerAllAsync();
        return answer.WaitAsync(cancellationToken);
    }

    async Task AnswerAllAsync()
    {
        while (TakeWaiting() is { } asked)
        {
            try
            {
                asked.SetResult(await ask());
            }
            catch (Exception exception)
            {
                asked.SetException(exception);
            }
        }
    }

    TaskCompletionSource<T>? TakeWaiting()
    {
        lock (gate)
        {
            var taken = waiting;
            waiting = null;
            isAsking = taken is not null;
            return taken;
        }
    }
}
