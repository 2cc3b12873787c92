namespace CivicSense.OpenData.SensorThings;

/// <summary>What a token of a query option is.</summary>
enum TokenKind
{
    /// <summary>A name: letters, digits, <c>_</c>, and inside it <c>.</c>; it may begin with <c>@</c> or <c>$</c>.</summary>
    Name,

    /// <summary>A value written out.</summary>
    Literal,
    Minus,
    OpenParenthesis,
    CloseParenthesis,
    Comma,
    Semicolon,
    Slash,
    Colon,
    EqualsSign,
    End,
}

/// <summary>A token of a query option.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Text">The characters it is made of.</param>
/// <param name="Value">The value of a literal.</param>
readonly record struct Token(TokenKind Kind, int Start, string Text, object? Value = null);
