namespace CivicSense.Node.Doctor;

/// <summary>How bad a finding is.</summary>
enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but something should be looked after.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Problem,
}

/// <summary>One thing that was looked at. It names no owner and no area, and nothing secret.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found and, where it is not as it should be, what to do.</param>
sealed record Finding(FindingLevel Level, string Subject, string Text)
{
    public static Finding Ok(string subject, string text) => new(FindingLevel.Ok, subject, text);

    public static Finding Warning(string subject, string text) => new(FindingLevel.Warning, subject, text);

    public static Finding Problem(string subject, string text) => new(FindingLevel.Problem, subject, text);

    /// <summary>One line of the report.</summary>
    public override string ToString() =>
        $"{(Level switch { FindingLevel.Ok => "ok", FindingLevel.Warning => "warning", _ => "problem" }),-8} {Subject}: {Text}";
}
