using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// What one request may cost. Where a limit is reached in the middle of a list, the page ends there and has a next link; where a list
/// cannot be given in parts, the request is refused: with 400 where it asks for too much, with 503 where the node was too slow for it.
/// </summary>
sealed class QueryBudget(TimeProvider clock, CancellationToken cancellationToken)
{
    /// <summary>Values and operators that are evaluated.</summary>
    public const int MaximumSteps = 600_000;

    /// <summary>Estimates that are read from the database.</summary>
    public const int MaximumRows = 50_000;

    /// <summary>Times that the database is asked.</summary>
    public const int MaximumReads = 1000;

    /// <summary>Entities in an answer, expanded ones included: after this many, the page ends.</summary>
    public const int PageEntities = 5000;

    /// <summary>Entities in an answer: after this many, expanded lists are cut too.</summary>
    public const int MaximumEntities = 10_000;

    const int StepsBetweenLooks = 1024;

    /// <summary>After this, nothing more is read. The counts above end almost every request long before.</summary>
    static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(2);

    static readonly TimeSpan MaximumTime = TimeSpan.FromSeconds(3);

    /// <summary>When to come again after 503: about as long as the requests that made the node slow may take.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    readonly long start = clock.GetTimestamp();
    int steps;
    int rows;
    int reads;

    public int Entities { get; private set; }

    /// <summary>Whether the page at hand should end with the entity at hand.</summary>
    public bool IsPageSpent => Entities >= PageEntities || rows >= MaximumRows / 2 || reads >= MaximumReads / 2 || IsTired;

    /// <summary>Whether no more entities may be written.</summary>
    public bool IsAnswerSpent => Entities >= MaximumEntities || IsReadingSpent;

    /// <summary>Whether nothing more may be read.</summary>
    public bool IsReadingSpent => rows >= MaximumRows || reads >= MaximumReads || IsTired;

    /// <summary>
    /// Refuses a request that cannot be answered in parts, after <see cref="IsReadingSpent"/>. How long the clock has run says as much
    /// about the other requests as about this one, so only what was counted is held against it.
    /// </summary>
    public ProblemException Refusal => rows >= MaximumRows || reads >= MaximumReads || IsThinkingSpent ? TooMuch() : TooSlow();

    public int RowsLeft => MaximumRows - rows;

    public CancellationToken Aborted => cancellationToken;

    // What is left then is enough to finish with what was read already.
    bool IsTired => IsThinkingSpent || clock.GetElapsedTime(start) > ReadingTime;

    bool IsThinkingSpent => steps >= MaximumSteps * 3 / 4;

    /// <summary>Counts an evaluated value or operator.</summary>
    /// <exception cref="ProblemException">400: there were too many. 503: it took too long.</exception>
    public void Step()
    {
        if (++steps > MaximumSteps) throw TooMuch();
        if (steps % StepsBetweenLooks != 0) return;
        cancellationToken.ThrowIfCancellationRequested();
        if (clock.GetElapsedTime(start) > MaximumTime) throw TooSlow();
    }

    public void AddEntity() => Entities++;

    public void AddRead() => reads++;

    public void AddRows(int count) => rows += count;

    static ProblemException TooMuch() => new(
        StatusCodes.Status400BadRequest,
        "Answering this would read too much at once. Ask for one Datastream, or for less time with phenomenonTime in $filter.");

    static ProblemException TooSlow() => new(
        StatusCodes.Status503ServiceUnavailable,
        "The node is too busy to answer this in time. Try again later, or ask for less: one Datastream, or less time with phenomenonTime.")
    {
        RetryAfter = Pause,
    };
}
