using System.Net;
using System.Text.RegularExpressions;
using CivicSense.Commons;

namespace CivicSense.Tests;

/// <summary>Finds English on a page that should have none: sentences by their small words, and whole texts of the English file.</summary>
/// <remarks>
/// What stands in code elements, and what is marked as being in another language, is left aside, and so are names that have no
/// translation.
/// </remarks>
static partial class LeftoverEnglish
{
    static readonly string[] Names = ["Frictionless Data Package", "Differential Privacy Deployments Registry", "OGC API Features"];

    /// <summary>What a visitor sees or hears of a page, and is English.</summary>
    public static IEnumerable<string> In(string page)
    {
        var spanish = LanguageCatalogue.Find("es")!;
        var english = LanguageCatalogue.Original.Keys
            .Where(key => LanguageCatalogue.Original[key] != spanish[key] && LanguageCatalogue.Original[key].Any(char.IsAsciiLetter))
            .Select(key => LanguageCatalogue.Original[key])
                .Except(spanish.Keys.Select(key => spanish[key])).ToHashSet(StringComparer.Ordinal);
        var visible = Hidden().Replace(page, " ");
        var texts = Spoken().Matches(visible).Select(match => match.Groups["text"].Value).Concat(Tag().Split(visible));
        foreach (var text in texts.Select(text => WebUtility.HtmlDecode(text).Trim()).Where(text => text.Length > 0))
        {
            var words = Names.Aggregate(Quoted().Replace(text, ""), (left, name) => left.Replace(name, "", StringComparison.Ordinal));
            if (SmallWord().IsMatch(words) || english.Contains(text)) yield return text;
        }
    }

    [GeneratedRegex("""<(?<code>code|pre|script|style)\b.*?</\k<code>>|<(?<name>(?!html)\w+)[^>]*\slang="en"[^>]*>.*?</\k<name>>""",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Hidden();

    [GeneratedRegex(
        """\s(aria-label|alt|title|placeholder|content|value)="(?<text>[^"]*)"(?![^<]*</option)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Spoken();

    /// <summary>Names of parameters.</summary>
    [GeneratedRegex(@"«\w+»")]
    private static partial Regex Quoted();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\b(the|of|and|is|are|was|were|with|from|for|by|to|this|that|which|not|all|it|its|you|your|most|between)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex SmallWord();
}
