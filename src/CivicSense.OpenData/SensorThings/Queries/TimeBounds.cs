namespace CivicSense.OpenData.SensorThings;

/// <summary>Which Observations can match a filter at all, by time and id: what is asked of the database.</summary>
/// <remarks>Every matching Observation lies within; not every one within matches.</remarks>
sealed record TimeBounds
{
    static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    public static TimeBounds None { get; } = new();

    /// <summary>They start at this instant or later.</summary>
    public DateTimeOffset From { get; private init; } = Earliest;

    /// <summary>They start before this instant.</summary>
    public DateTimeOffset Until { get; private init; } = Latest;

    /// <summary>They end at this instant or later.</summary>
    public DateTimeOffset EndFrom { get; private init; } = Earliest;

    /// <summary>The only Datastream that they can be of; null for any.</summary>
    public string? Stream { get; private init; }

    /// <summary>The first start of an Observation of a Datastream that lies within.</summary>
    public DateTimeOffset FirstStart(Datastream stream) => EndFrom - stream.LongestStep is var byEnd && byEnd > From ? byEnd : From;

    /// <summary>Whether a Datastream can have anything within, as far as that is known without reading.</summary>
    public bool CanHold(Datastream stream) =>
        (Stream is null || Stream == stream.Id) && stream.Latest.Start >= FirstStart(stream) && From < Until;

    /// <summary>The bounds that a condition sets.</summary>
    /// <param name="condition">A condition.</param>
    /// <param name="evaluator">Computes the constants in it.</param>
    /// <param name="prefix">
    /// What stands before the properties of the Observations that are meant; nothing where the filter is on Observations.
    /// </param>
    public async ValueTask<TimeBounds> WithAsync(Expression condition, Evaluator evaluator, params string[] prefix)
    {
        if (condition is CallExpression { Function.Name: "during" or "overlaps", Arguments: [var first, var second] } call
            && NameOf(first, prefix) == "phenomenonTime" && !second.Paths().Any())
        {
            return await evaluator.ConstantAsync(second) is { } value && TimeRelation.AsInterval(value) is { } interval
                ? call.Function.Name == "during"
                    ? Narrow(interval.Start, interval.End)
                    : Narrow(Earliest, After(interval.End)).Ending(interval.Start)
                : this;
        }
        if (condition is not BinaryExpression { Operator: >= BinaryOperator.Equal and <= BinaryOperator.LessOrEqual } comparison)
            return this;
        var (path, constant, kind) = comparison.Left is PathExpression
            ? (comparison.Left, comparison.Right, comparison.Operator)
            : (comparison.Right, comparison.Left, Operators.Mirror(comparison.Operator));
        if (NameOf(path, prefix) is not { } name || constant.Paths().Any()) return this;
        var bound = await evaluator.ConstantAsync(constant);
        if (EntityType.IsId(name)) return kind == BinaryOperator.Equal ? WithId(bound) : this;
        if (bound is string text && TimeLiteral.ReadInstant(text) is { } read) bound = read;
        if (name is not ("phenomenonTime" or "resultTime") || bound is null || TimeRelation.AsInterval(bound) is not { } time) return this;
        return name == "phenomenonTime" ? ByPhenomenon(kind, time) : ByResult(kind, time);
    }

    // The Observations here cover [start, end) with start < end; see TimeRelation for what the comparisons mean.
    TimeBounds ByPhenomenon(BinaryOperator kind, TimeInterval time) => kind switch
    {
        BinaryOperator.Equal => Narrow(time.Start, After(time.Start)),
        BinaryOperator.GreaterThan => Narrow(time.End, Latest),
        BinaryOperator.GreaterOrEqual => Narrow(time.Start, Latest),
        BinaryOperator.LessThan or BinaryOperator.LessOrEqual => Narrow(Earliest, After(time.Start)),
        _ => this,
    };

    TimeBounds ByResult(BinaryOperator kind, TimeInterval time) => kind switch
    {
        BinaryOperator.Equal or BinaryOperator.GreaterThan or BinaryOperator.GreaterOrEqual => Ending(time.Start),
        BinaryOperator.LessThan or BinaryOperator.LessOrEqual => Narrow(Earliest, After(time.End)),
        _ => this,
    };

    TimeBounds WithId(object? id)
    {
        if (id is null) return this;
        return id is string text && Observation.ReadId(text) is { } parts && (Stream is null || Stream == parts.Stream)
            ? Narrow(parts.Start, After(parts.Start)) with { Stream = parts.Stream }
            : this with { Until = Earliest };
    }

    TimeBounds Narrow(DateTimeOffset from, DateTimeOffset until) =>
        this with { From = from > From ? from : From, Until = until < Until ? until : Until };

    TimeBounds Ending(DateTimeOffset from) =>
        this with { EndFrom = from < Earliest ? EndFrom : from > Latest ? Latest : from > EndFrom ? from : EndFrom };

    static DateTimeOffset After(DateTimeOffset instant) => instant < Latest ? instant + Instant : Latest;

    static string? NameOf(Expression expression, string[] prefix) =>
        expression is PathExpression path && path.Segments.Length == prefix.Length + 1
            && path.Segments.AsSpan(0, prefix.Length).SequenceEqual(prefix)
            ? path.Segments[^1]
            : null;
}
