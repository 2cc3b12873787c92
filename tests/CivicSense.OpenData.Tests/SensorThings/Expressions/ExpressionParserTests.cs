using CivicSense.OpenData.SensorThings;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.OpenData.Tests.SensorThings.Expressions;

public sealed class ExpressionParserTests
{
    static readonly string[] Paths = ["result", "Datastream/ObservedProperty/name", "properties/field", "@iot.id", "phenomenonTime"];

    static readonly string[] Literals =
    [
        "null", "true", "false", "0", "-7", "9223372036854775807", "2.5", "1E+20", "INF", "-INF", "NaN", "'it''s'", "''", "'a/b(c)'",
        "2026-11-22T07:00:00Z", "2026-11-22T07:00:00.5+01:00", "2026-11-22T07:00:00Z/2026-11-22T08:00:00Z", "2026-11-22",
        "07:30:00.0000000",
        "duration'P1DT2H'", "duration'-PT5M'", "geography'POINT (8 51)'", "geography'POLYGON ((7 52, 8 52, 8 53, 7 52))'",
    ];

    static Gen<string> Values { get; } = Gen.OneOf(Gen.Elements(Literals), Gen.Elements(Paths));

    /// <summary>Any expression, as text with all its parentheses.</summary>
    static Gen<string> Texts { get; } = Gen.Sized(size => Of(Math.Min(size, 30)));

    static Gen<string> Of(int size)
    {
        if (size < 2) return Values;
        var smaller = Gen.Choose(0, size / 2).SelectMany(Of);
        return Gen.OneOf(
            Values,
            from name in Gen.Elements("and", "or", "eq", "ne", "gt", "ge", "lt", "le", "add", "sub", "mul", "div", "mod")
            from left in smaller
            from right in smaller
            select $"({left} {name} {right})",
            from operand in smaller select $"not ({operand})",
            from operand in smaller select $"-({operand})",
            from name in Gen.Elements("concat", "startswith", "geo.distance", "st_within", "overlaps")
            from left in smaller
            from right in smaller
            select $"{name}({left},{right})",
            from name in Gen.Elements("any", "all")
            from condition in smaller
            select $"Datastreams/{name}(d:{condition})");
    }

    [Fact]
    public void What_is_written_is_read_as_the_same() => Prop.ForAll(Texts.ToArbitrary(), text =>
    {
        var written = ExpressionParser.Parse("$filter", text).ToString()!;
        return ExpressionParser.Parse("$filter", written).ToString() == written && Squeezed(written) == Squeezed(text);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("a eq 1 and b eq 2 or c eq 3", "(((a eq 1) and (b eq 2)) or (c eq 3))")]
    [InlineData("a eq 1 or b eq 2 and c eq 3", "((a eq 1) or ((b eq 2) and (c eq 3)))")]
    [InlineData("1 add a mul 2 sub -1 eq 4", "(((1 add (a mul 2)) sub -1) eq 4)")]
    [InlineData("14 div (a add 1) mod 3 mul 3 eq 3", "((((14 div (a add 1)) mod 3) mul 3) eq 3)")]
    [InlineData("a sub 1 sub 2 eq 3", "(((a sub 1) sub 2) eq 3)")]
    [InlineData("not a lt 1 and not a gt 1", "((not (a lt 1)) and (not (a gt 1)))")]
    [InlineData("(not (a) sub b) lt 0", "((not (a sub b)) lt 0)")]
    [InlineData("-a add 1 gt 0", "((-(a) add 1) gt 0)")]
    [InlineData("a gt 1 eq true", "((a gt 1) eq true)")]
    [InlineData("tolower( a )  eq\t'b'", "(tolower(a) eq 'b')")]
    [InlineData("t add duration'PT1H' gt 2026-11-22T00:00:00Z", "((t add duration'PT1H') gt 2026-11-22T00:00:00Z)")]
    [InlineData("during(t,2026-11-22T00:00:00Z/P1D)", "during(t,2026-11-22T00:00:00Z/2026-11-23T00:00:00Z)")]
    [InlineData("t gt 2026-11-22T00:00:00 01:00", "(t gt 2026-11-22T00:00:00+01:00)")]
    public void Operators_bind_as_odata_says(string text, string expected) =>
        Assert.Equal(expected, ExpressionParser.Parse("$filter", text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a eq")]
    [InlineData("a eq 1 b")]
    [InlineData("(a eq 1")]
    [InlineData("a eq 'open")]
    [InlineData("a eq 1x")]
    [InlineData("a ~ 1")]
    [InlineData("nothing(a)")]
    [InlineData("substring(a)")]
    [InlineData("concat(a,b,c)")]
    [InlineData("now(1)")]
    [InlineData("a/ eq 1")]
    [InlineData("a eq 2026-13-01T00:00:00Z")]
    [InlineData("a eq 2026-02-30")]
    [InlineData("a eq 25:00")]
    [InlineData("a gt 1\u0662")] // an Arabic-Indic digit: a number to Unicode, none to OData
    [InlineData("a gt 1.5\u0662")]
    [InlineData("a gt 1e\u0662")]
    [InlineData("a gt -1\u0662")]
    [InlineData("a eq 1\u0662:00")]
    [InlineData("a eq 202\u0666-11-22")]
    [InlineData("a eq 2026-11-22T00:00:0\u0662Z")]
    [InlineData("a eq 2026-11-22T00:00:00.\u0662Z")]
    [InlineData("a eq 2026-11-22T00:00:00+0\u0662:00")]
    [InlineData("a eq duration'P\u0662D'")]
    [InlineData("a eq geography'POINT(\u0662 1)'")]
    [InlineData("a eq 2026-11-22T00:00:00Z/2026-11-21T00:00:00Z")]
    [InlineData("a eq 2026-11-22T00:00:00Z/P1Y")]
    [InlineData("a eq duration'P1M'")]
    [InlineData("a eq duration'soon'")]
    [InlineData("a eq geography'POINT(1)'")]
    [InlineData("a eq geography'POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))'")]
    [InlineData("a eq geography'GEOMETRYCOLLECTION(POINT(1 1))'")]
    [InlineData("a eq picture'x'")]
    [InlineData("Datastreams/any(d d/name eq 'x')")]
    [InlineData("Datastreams/all()")]
    public void What_is_no_expression_is_400_and_says_where(string text)
    {
        var problem = Assert.Throws<ProblemException>(() => ExpressionParser.Parse("$filter", text));
        Assert.Equal((400, "$filter"), (problem.Status, problem.Parameter));
        Assert.StartsWith("At character ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_and_size_are_bounded()
    {
        Fails(new string('(', 5000));
        Fails(string.Concat(Enumerable.Repeat("not ", 2000)) + "true");
        Fails(string.Concat(Enumerable.Repeat("-", 2000)) + "a");
        Fails(string.Concat(Enumerable.Repeat("tolower(", 1000)));
        Fails(string.Join(" and ", Enumerable.Repeat("a eq 1", 1000)));
        Fails(string.Join('/', Enumerable.Repeat("a", 1000)));

        static void Fails(string text) =>
            Assert.Equal(400, Assert.Throws<ProblemException>(() => ExpressionParser.Parse("$filter", text)).Status);
    }

    static string Squeezed(string text) => text.Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal)
        .Replace(" ", "", StringComparison.Ordinal);
}
