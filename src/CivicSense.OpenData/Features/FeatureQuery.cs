using System.Globalization;
using System.Text.RegularExpressions;
using CivicSense.OpenData.SensorThings;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData.Features;

/// <summary>Which features are wanted (OGC 17-069r4, clause 7.15).</summary>
sealed partial record FeatureQuery
{
    /// <summary>The most features of a page; a larger limit is cut to it, as requirement core/fc-limit-response-1 allows.</summary>
    public const int LargestLimit = 10_000;

    public const int DefaultLimit = 1000;

    static readonly string[] Names = ["bbox", "datetime", "limit", "offset"];

    public AreaBounds? Box { get; private init; }

    /// <summary>The time wanted, both ends included.</summary>
    public (DateTimeOffset First, DateTimeOffset Last)? Time { get; private init; }

    public int Limit { get; private init; } = DefaultLimit;

    public int Offset { get; private init; }

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="ProblemException">400: one is unknown, repeated or not allowed.</exception>
    public static FeatureQuery Read(IQueryCollection query)
    {
        var wanted = new FeatureQuery();
        foreach (var (name, values) in query)
        {
            if (!Names.Contains(name))
            {
                throw ProblemException.BadParameter(
                    name.Length <= 60 ? name : name[..60], $"There is no such parameter here. There are: {string.Join(", ", Names)}.");
            }
            if (values.Count != 1) throw ProblemException.BadParameter(name, "This parameter may be given once only.");
            var value = values.ToString();
            wanted = name switch
            {
                "bbox" => wanted with { Box = ReadBox(value) },
                "datetime" => wanted with { Time = ReadTime(value) },
                "limit" => wanted with { Limit = Math.Min(ReadWhole(name, value, 1), LargestLimit) },
                _ => wanted with { Offset = ReadWhole(name, value, 0) },
            };
        }
        return wanted;
    }

    public bool Matches(Feature feature) =>
        (Box is not { } box || Intersects(box, feature.Area.Bounds))
        && (Time is not { } time || feature.Time is not { } own || (own.Start <= time.Last && own.End > time.First));

    // A box whose west is east of its east goes across the antimeridian (RFC 7946, section 5.2).
    static bool Intersects(AreaBounds box, AreaBounds area) =>
        box.South <= area.North && box.North >= area.South
        && (box.West <= box.East
            ? box.West <= area.East && box.East >= area.West
            : box.West <= area.East || box.East >= area.West);

    static AreaBounds ReadBox(string text)
    {
        var numbers = new List<double>();
        foreach (var part in text.Split(',', 7))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                throw Wrong();
            numbers.Add(number);
        }
        // With six numbers, the third and the last are heights.
        var box = numbers switch
        {
            [var west, var south, var east, var north] => new AreaBounds(west, south, east, north),
            [var west, var south, _, var east, var north, _] => new AreaBounds(west, south, east, north),
            _ => throw Wrong(),
        };
        return box.South <= box.North ? box : throw Wrong();

        ProblemException Wrong() => ProblemException.BadParameter(
            "bbox", $"{ProblemException.Quote(text)} is no box: west,south,east,north in degrees, or six numbers with heights.");
    }

    static (DateTimeOffset First, DateTimeOffset Last) ReadTime(string text)
    {
        var parts = text.Split('/', 3);
        var first = parts[0] is "" or ".." && parts.Length == 2 ? DateTimeOffset.MinValue : Instant(parts[0]);
        var last = parts.Length == 1 ? first : parts[1] is "" or ".." ? DateTimeOffset.MaxValue : Instant(parts[1]);
        return parts.Length <= 2 && first <= last ? (first, last) : throw Wrong();

        DateTimeOffset Instant(string part) => InstantPattern().IsMatch(part)
            ? TimeLiteral.ReadInstant(part.ToUpperInvariant()) ?? throw Wrong()
            : DateOnly.TryParseExact(part, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : throw Wrong();

        ProblemException Wrong() => ProblemException.BadParameter(
            "datetime",
            $"{ProblemException.Quote(text)} is neither a time with its offset like 2026-11-22T07:00:00Z (RFC 3339) nor two with a slash "
            + "between, of which one may be '..'.");
    }

    // RFC 3339, section 5.6. A plus sign that was not escaped in a query string arrives as a space.
    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+\- ][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InstantPattern();

    static int ReadWhole(string name, string text, int smallest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest
            ? number
            : throw ProblemException.BadParameter(
                name, string.Create(CultureInfo.InvariantCulture, $"{ProblemException.Quote(text)} is no whole number from {smallest}."));
}
