namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>A privacy bug that somebody could have written: one place of the source, changed. An audit must find it.</summary>
/// <param name="Number">Its number in docs/privacy/audits.md; never used for another fault.</param>
/// <param name="Name">What was done wrong.</param>
/// <param name="Breaks">What no longer holds.</param>
/// <param name="File">The source file, relative to <c>src</c>.</param>
/// <param name="Find">The text that is replaced. It occurs exactly once, or the fault is no longer in the catalogue's sense.</param>
/// <param name="Replacement">What stands there instead. It compiles.</param>
/// <param name="CaughtBy">The audit that should find it.</param>
sealed record SeededFault(int Number, string Name, string Breaks, string File, string Find, string Replacement, Audit CaughtBy)
{
    /// <summary>The project that the file belongs to.</summary>
    public string Room => File.Split('/')[0];

    /// <summary>Further places of the same file that the fault changes, where one is not enough.</summary>
    public IReadOnlyList<(string Find, string Replacement)> Further { get; init; } = [];

    /// <summary>The file's text with the fault in it.</summary>
    /// <exception cref="InvalidOperationException">A text that is to be replaced does not occur exactly once.</exception>
    public string Apply(string source) =>
        Further.Prepend((Find, Replacement)).Aggregate(source, (text, edit) => Replace(text, edit.Item1, edit.Item2));

    string Replace(string source, string find, string replacement)
    {
        var first = source.IndexOf(find, StringComparison.Ordinal);
        if (first < 0)
            throw new InvalidOperationException($"{File} does not hold this text any more, bring the catalogue up to date: {find}");
        if (source.IndexOf(find, first + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException($"{File} holds this text more than once, make it longer: {find}");
        return string.Concat(source.AsSpan(0, first), replacement, source.AsSpan(first + find.Length));
    }

    public override string ToString() => $"{Number} {Name}";
}
