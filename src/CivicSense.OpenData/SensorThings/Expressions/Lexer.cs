using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Splits a query option into tokens (OData 4.0 ABNF, as far as OGC 18-088 uses it).</summary>
/// <param name="option">The option's name, for errors.</param>
/// <param name="text">Its value, without percent-encoding.</param>
sealed partial class Lexer(string option, string text)
{
    // Not \d, which is any digit of Unicode: nothing here could read the others as numbers.
    const string Pattern =
        @"\G[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+\- ][0-9]{2}:?[0-9]{2})?";

    // Never reached: no pattern looks at a character more than a few times.
    const int MatchMilliseconds = 1000;

    int position;

    public string Option => option;

    /// <summary>The next token.</summary>
    /// <exception cref="ProblemException">400: there is no token here.</exception>
    public Token Next()
    {
        while (position < text.Length && text[position] is ' ' or '\t') position++;
        if (position == text.Length) return new Token(TokenKind.End, position, "");
        var start = position;
        var letter = text[position];
        if (Punctuation(letter) is { } kind)
        {
            position++;
            return new Token(kind, start, letter.ToString());
        }
        if (letter == '\'') return ReadString(start);
        if (char.IsAsciiDigit(letter)) return ReadNumberOrTime(start);
        if (letter == '-') return ReadMinus(start);
        if (IsNameStart(letter)) return ReadName(start);
        throw Fail(start, $"{ProblemException.Quote(letter.ToString())} is not understood");
    }

    /// <summary>What is wrong with the option, and where.</summary>
    public ProblemException Fail(int at, string what) =>
        ProblemException.BadParameter(option, string.Create(CultureInfo.InvariantCulture, $"At character {at + 1}: {what}."));

    static TokenKind? Punctuation(char letter) => letter switch
    {
        '(' => TokenKind.OpenParenthesis,
        ')' => TokenKind.CloseParenthesis,
        ',' => TokenKind.Comma,
        ';' => TokenKind.Semicolon,
        '/' => TokenKind.Slash,
        ':' => TokenKind.Colon,
        '=' => TokenKind.EqualsSign,
        _ => null,
    };

    static bool IsNameStart(char letter) => char.IsLetter(letter) || letter is '_' or '@' or '$';

    Token ReadName(int start)
    {
        position++;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '_' or '.')) position++;
        var name = text[start..position];
        if (position < text.Length && text[position] == '\'')
        {
            var quoted = (string)ReadString(position).Value!;
            object value = name.ToLowerInvariant() switch
            {
                "geography" or "geometry" => ShapeText.Read(quoted)
                    ?? throw Fail(start, "this is no valid geometry as well-known text (WKT) in degrees"),
                "duration" => TimeLiteral.ReadDuration(quoted)
                    ?? throw Fail(start, "a duration is written like duration'PT1H30M', without years and months"),
                "datetimeoffset" or "datetime" => TimeLiteral.ReadInstant(quoted) ?? throw Fail(start, "this is no date and time"),
                _ => throw Fail(start, $"there are no literals {ProblemException.Quote(name)}"),
            };
            return new Token(TokenKind.Literal, start, text[start..position], value);
        }
        return name switch
        {
            "null" => new Token(TokenKind.Literal, start, name),
            "true" => new Token(TokenKind.Literal, start, name, true),
            "false" => new Token(TokenKind.Literal, start, name, false),
            "INF" => new Token(TokenKind.Literal, start, name, double.PositiveInfinity),
            "NaN" => new Token(TokenKind.Literal, start, name, double.NaN),
            _ => new Token(TokenKind.Name, start, name),
        };
    }

    Token ReadString(int start)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != '\'')
            {
                value.Append(text[position]);
            }
            else if (position + 1 < text.Length && text[position + 1] == '\'')
            {
                // A quotation mark inside a string is written twice.
                value.Append('\'');
                position++;
            }
            else
            {
                position++;
                return new Token(TokenKind.Literal, start, text[start..position], value.ToString());
            }
        }
        throw Fail(start, "this string has no end");
    }

    Token ReadMinus(int start)
    {
        if (text.AsSpan(start).StartsWith("-INF", StringComparison.Ordinal))
        {
            position += 4;
            return new Token(TokenKind.Literal, start, "-INF", double.NegativeInfinity);
        }
        if (start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])) return ReadNumber(start);
        position++;
        return new Token(TokenKind.Minus, start, "-");
    }

    Token ReadNumberOrTime(int start)
    {
        if (InstantPattern().Match(text, start) is { Success: true } first) return ReadInstantOrInterval(start, first.Value);
        if (DatePattern().Match(text, start) is { Success: true } date)
        {
            position += date.Length;
            return DateOnly.TryParseExact(date.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? new Token(TokenKind.Literal, start, date.Value, day)
                : throw Fail(start, "there is no such date");
        }
        if (TimePattern().Match(text, start) is { Success: true } time)
        {
            position += time.Length;
            return TimeOnly.TryParse(time.Value, CultureInfo.InvariantCulture, out var clock)
                ? new Token(TokenKind.Literal, start, time.Value, clock)
                : throw Fail(start, "there is no such time of day");
        }
        return ReadNumber(start);
    }

    Token ReadInstantOrInterval(int start, string first)
    {
        position += first.Length;
        var from = TimeLiteral.ReadInstant(first) ?? throw Fail(start, "there is no such time");
        if (position == text.Length || text[position] != '/') return new Token(TokenKind.Literal, start, first, from);
        position++;
        DateTimeOffset? until;
        if (InstantPattern().Match(text, position) is { Success: true } second)
        {
            position += second.Length;
            until = TimeLiteral.ReadInstant(second.Value);
        }
        else
        {
            var end = position;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '.')) end++;
            until = TimeLiteral.ReadDuration(text[position..end]) is { } length ? TimeLiteral.Add(from, length) : null;
            position = end;
        }
        return until is { } last && last >= from
            ? new Token(TokenKind.Literal, start, text[start..position], new TimeInterval(from, last))
            : throw Fail(start,
                "an interval is written like 2026-11-22T00:00:00Z/2026-11-23T00:00:00Z, or with a duration after the slash");
    }

    Token ReadNumber(int start)
    {
        var match = NumberPattern().Match(text, start);
        position = start + match.Length;
        if (position < text.Length && IsNameStart(text[position])) throw Fail(start, "a number is followed by a letter");
        if (long.TryParse(match.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return new Token(TokenKind.Literal, start, match.Value, whole);
        return new Token(TokenKind.Literal, start, match.Value, double.Parse(match.ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex InstantPattern();

    [GeneratedRegex(@"\G[0-9]{4}-[0-9]{2}-[0-9]{2}", RegexOptions.CultureInvariant, MatchMilliseconds)]
    private static partial Regex DatePattern();

    [GeneratedRegex(
        @"\G[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex TimePattern();

    [GeneratedRegex(
        @"\G-?[0-9]+(\.[0-9]+)?([eE][+\-]?[0-9]+)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchMilliseconds)]
    private static partial Regex NumberPattern();
}
