using System.Text.RegularExpressions;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests;

/// <summary>
/// A proof names the code that each of its steps rests on. What it names must be there, or the proof is of something else.
/// </summary>
public sealed partial class PrivacyProofTests
{
    /// <summary>Names that are not declared here: the framework's, and the namespace.</summary>
    static readonly HashSet<string> NotOurs = ["CivicSense", "Math", "MathNet"];

    static IEnumerable<string> Pages =>
        Directory.EnumerateFiles(Path.Combine(Surroundings.RequireRepository(), "docs", "privacy"), "*.md");

    public static TheoryData<string> PageNames => [.. Pages.Select(page => Path.GetFileName(page)!).Order()];

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_type_and_member_that_a_page_names_exists(string page)
    {
        var sources = Sources.Value;
        var missing = new List<string>();
        foreach (var span in CodeSpan().Matches(WithoutBlocks(File.ReadAllText(PathOf(page)))).Select(match => match.Groups["text"].Value))
        {
            if (Named().Match(span) is not { Success: true } named || NotOurs.Contains(named.Groups["type"].Value))
                continue;
            var (type, member) = (named.Groups["type"].Value, named.Groups["member"]);
            // A name alone may be a member of a type that the page has named before.
            var isThere = member.Success
                ? sources.Exists(source => Declares(source.Text, type) && Word(source.Text, member.Value))
                : sources.Exists(source => Word(source.Text, type));
            if (!isThere)
                missing.Add(span);
        }
        Assert.True(missing.Count == 0, $"{page} names what is not there: {string.Join(", ", missing.Distinct())}");
    }

    [Theory]
    [MemberData(nameof(PageNames))]
    public void Every_page_that_a_page_links_to_exists(string page)
    {
        var folder = Path.GetDirectoryName(PathOf(page))!;
        var missing = Link().Matches(File.ReadAllText(PathOf(page))).Select(match => match.Groups["target"].Value.Split('#')[0])
            .Where(target =>
                target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target)))
            .ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_page_is_linked_from_the_first_one()
    {
        var linked = Link().Matches(File.ReadAllText(PathOf("README.md"))).Select(match => match.Groups["target"].Value).ToHashSet();
        Assert.DoesNotContain(Pages.Select(page => Path.GetFileName(page)!), page => page != "README.md" && !linked.Contains(page));
    }

    [Fact]
    public void Every_public_mechanism_and_map_has_a_page_that_names_it()
    {
        var text = string.Join('\n', Pages.Select(File.ReadAllText));
        var room = typeof(Privacy.Rational).Assembly.GetExportedTypes()
            .Where(type => type != typeof(Privacy.Rational)).Select(type => type.Name.Split('`')[0]).Distinct();
        Assert.DoesNotContain(room, type => !Word(text, type));
    }

    static string PathOf(string page) => Path.Combine(Surroundings.RequireRepository(), "docs", "privacy", page);

    static Lazy<List<(string File, string Text)>> Sources { get; } = new(() =>
    [
        .. from folder in new[] { "src", "tests", "benchmarks" }
           from file in Directory.EnumerateFiles(
               Path.Combine(Surroundings.RequireRepository(), folder), "*.cs", SearchOption.AllDirectories)
           where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
           select (file, File.ReadAllText(file)),
    ]);

    static string WithoutBlocks(string text) => CodeBlock().Replace(text, "");

    static bool Declares(string source, string type) =>
        Regex.IsMatch(source, $@"\b(class|struct|record|interface|enum)\s+(struct\s+)?{type}\b");

    static bool Word(string text, string word) => Regex.IsMatch(text, $@"\b{word}\b");

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex CodeSpan();

    /// <summary>
    /// Type, Type&lt;T&gt;, Type.Member or Type.Member(arguments). One word in capitals, or with an underscore, is not a name of code here.
    /// </summary>
    [GeneratedRegex(
        @"^(?<type>[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(<[^>]*>)?(\.(?<member>[A-Z]\w*))?(\([^)]*\))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
