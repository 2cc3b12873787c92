namespace CivicSense.Storage.Tests;

public sealed class SharedQuestionTests
{
    // Milliseconds until a question that is never asked counts as missing.
    const int Patience = 10_000;

    readonly List<TaskCompletionSource<string>> asked = [];
    readonly SharedQuestion<string> question;

    public SharedQuestionTests() => question = new SharedQuestion<string>(() =>
    {
        lock (asked)
        {
            asked.Add(new TaskCompletionSource<string>());
            return asked[^1].Task;
        }
    });

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Those_who_come_while_it_is_answered_wait_for_the_next_answer_together()
    {
        var first = question.AskAsync(Cancel);
        var second = question.AskAsync(Cancel);
        var third = question.AskAsync(Cancel);

        asked[0].SetResult("from before they came");

        Assert.Equal("from before they came", await first);
        await UntilAskedAsync(2);
        Assert.False(second.IsCompleted || third.IsCompleted);
        asked[1].SetResult("from after they came");
        Assert.Equal("from after they came", await second);
        Assert.Equal("from after they came", await third);
        Assert.Equal(2, asked.Count);
    }

    [Fact(Timeout = Patience)]
    public async Task Whoever_comes_later_is_answered_anew()
    {
        var first = question.AskAsync(Cancel);
        asked[0].SetResult("first");
        Assert.Equal("first", await first);

        var second = question.AskAsync(Cancel);
        await UntilAskedAsync(2);
        asked[1].SetResult("second");

        Assert.Equal("second", await second);
    }

    [Fact(Timeout = Patience)]
    public async Task A_failure_reaches_those_who_waited_for_it_and_nobody_else()
    {
        var first = question.AskAsync(Cancel);
        var second = question.AskAsync(Cancel);

        asked[0].SetException(new IOException("cut"));
        await Assert.ThrowsAsync<IOException>(() => first);
        await UntilAskedAsync(2);
        asked[1].SetResult("there again");

        Assert.Equal("there again", await second);
    }

    [Fact(Timeout = Patience)]
    public async Task Whoever_goes_away_does_not_take_the_answer_from_the_others()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = question.AskAsync(gone.Token);
        var second = question.AskAsync(gone.Token);
        var third = question.AskAsync(Cancel);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        asked[0].SetResult("not waited for");
        await UntilAskedAsync(2);
        asked[1].SetResult("the answer");
        Assert.Equal("the answer", await third);
    }

    /// <summary>The next question follows the answer before on a thread of its own.</summary>
    async Task UntilAskedAsync(int times)
    {
        while (true)
        {
            lock (asked)
            {
                if (asked.Count >= times)
                    return;
            }
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
