namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// The date functions of OGC 18-088, table 23, and the relations of times. Parts of an interval are those of its start; parts of an instant
/// are those in its own offset.
/// </summary>
static class TimeFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Part("year", time => (long)time.Year),
        Part("month", time => (long)time.Month),
        Part("day", time => (long)time.Day),
        Part("hour", time => (long)time.Hour),
        Part("minute", time => (long)time.Minute),
        Part("second", time => (long)time.Second),
        Part("fractionalseconds", time => time.Ticks % TimeSpan.TicksPerSecond / (double)TimeSpan.TicksPerSecond),
        Part("totaloffsetminutes", time => (long)time.Offset.TotalMinutes),
        Part("date", time => DateOnly.FromDateTime(time.DateTime)),
        Part("time", time => TimeOnly.FromDateTime(time.DateTime)),
        new("now", 0, 0, false, _ => null),
        new("mindatetime", 0, 0, false, _ => DateTimeOffset.MinValue),
        new("maxdatetime", 0, 0, false, _ => DateTimeOffset.MaxValue),
        Relation("before", TimeRelation.IsBefore),
        Relation("after", (left, right) => TimeRelation.IsBefore(right, left)),
        Relation("meets", (left, right) => left.End == right.Start || right.End == left.Start),
        Relation("overlaps", TimeRelation.Overlap),
        Relation("starts", (left, right) => left.Start == right.Start),
        Relation("finishes", (left, right) => left.End == right.End),
        new("during", 2, 2, true, During),
    ];

    static Function Part(string name, Func<DateTimeOffset, object> compute) => new(name, 1, 1, false, arguments => arguments[0] switch
    {
        DateTimeOffset instant => compute(instant),
        TimeInterval interval => compute(interval.Start),
        _ => null,
    });

    static Function Relation(string name, Func<TimeInterval, TimeInterval, bool> holds) => new(name, 2, 2, true, arguments =>
        TimeRelation.AsInterval(arguments[0]) is { } left && TimeRelation.AsInterval(arguments[1]) is { } right
            ? holds(left, right)
            : null);

    static object? During(object[] arguments)
    {
        if (arguments[1] is not TimeInterval whole)
            throw ProblemException.BadParameter("$filter", "The second argument of during must be an interval.");
        return arguments[0] switch
        {
            DateTimeOffset instant => whole.Start <= instant && instant < whole.End,
            TimeInterval part => whole.Start <= part.Start && part.End <= whole.End,
            _ => null,
        };
    }
}

/// <summary>
/// How instants and intervals lie to each other. An instant is taken as an interval without length; an interval ends before its end.
/// </summary>
static class TimeRelation
{
    public static TimeInterval? AsInterval(object value) => value switch
    {
        TimeInterval interval => interval,
        DateTimeOffset instant => new TimeInterval(instant, instant),
        _ => null,
    };

    public static bool IsBefore(TimeInterval left, TimeInterval right) =>
        left.End < right.Start || (left.End == right.Start && left.Start < left.End);

    public static bool IsNotAfter(TimeInterval left, TimeInterval right) => left.Start <= right.Start && left.End <= right.End;

    public static bool Overlap(TimeInterval left, TimeInterval right) =>
        left == right || (left.Start < right.End && right.Start < left.End) || HoldsInstant(left, right) || HoldsInstant(right, left);

    static bool HoldsInstant(TimeInterval whole, TimeInterval instant) =>
        instant.Start == instant.End && whole.Start <= instant.Start && instant.Start < whole.End;
}
