using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Reads system query options (OGC 18-088, clause 9.3) and checks every name in them.</summary>
/// <remarks>
/// An unknown option that begins with a dollar sign is 501, as requirement request-data/query-status-code wants; any other is 400.
/// </remarks>
static class QueryOptionsParser
{
    /// <summary>How deep expanded relations may nest.</summary>
    public const int MaximumExpandDepth = 5;

    /// <summary>How many relations one request may expand.</summary>
    public const int MaximumExpands = 24;

    const int MaximumOrderTerms = 8;

    const string Names = "$filter, $orderby, $select, $expand, $top, $skip, $count, $resultFormat";

    /// <summary>Reads the options of a request that is about entities of a type.</summary>
    /// <exception cref="ProblemException">400 or 501.</exception>
    public static QueryOptions Parse(IEnumerable<KeyValuePair<string, string>> query, EntityType type)
    {
        var options = QueryOptions.None;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in query)
        {
            if (!seen.Add(name)) throw ProblemException.BadParameter(Short(name), "This option may be given once only.");
            options = name switch
            {
                "$skiptoken" => options with { SkipToken = value },
                "$resultFormat" => options with { AsDataArray = ReadResultFormat(value, type) },
                _ => ReadWhole(options, name, value, type),
            };
        }
        CountExpands(options, 0);
        if (options.AsDataArray) RefuseRelations(options);
        return options;
    }

    /// <summary>An array of values has a component for each property, and no place for other entities or links to them.</summary>
    static void RefuseRelations(QueryOptions options)
    {
        if (!options.Expand.IsEmpty)
            throw ProblemException.BadParameter("$expand", "Arrays of values hold no other entities: leave out $expand or $resultFormat.");
        if (options.Select.FirstOrDefault(name => name.Contains('/', StringComparison.Ordinal)) is { } inner)
        {
            throw ProblemException.BadParameter("$select",
                $"{ProblemException.Quote(inner)} is a part of a property: arrays of values hold whole properties.");
        }
        if (options.Select.FirstOrDefault(name => EntityType.Observation.FindNavigation(name) is not null) is { } relation)
        {
            throw ProblemException.BadParameter("$select",
                $"{relation} is a relation: arrays of values hold properties only. Each array says which Datastream it is of.");
        }
    }

    static QueryOptions ReadWhole(QueryOptions options, string name, string value, EntityType type)
    {
        RequireKnown(name);
        var parser = new ExpressionParser(new Lexer(name, value));
        options = Read(parser, options, name, type);
        parser.Expect(TokenKind.End, "the end");
        return options;
    }

    static QueryOptions Read(ExpressionParser parser, QueryOptions options, string name, EntityType type) => name switch
    {
        "$filter" => options with { Filter = ReadFilter(parser, type) },
        "$orderby" => options with { OrderBy = ReadOrderBy(parser, type) },
        "$select" => options with { Select = ReadSelect(parser, type) },
        "$expand" => options with { Expand = ReadExpand(parser, type) },
        "$top" => options with { Top = ReadNumber(parser) },
        "$skip" => options with { Skip = ReadNumber(parser) },
        _ => options with { Count = ReadTruth(parser) },
    };

    static Expression ReadFilter(ExpressionParser parser, EntityType type)
    {
        var start = parser.Current.Start;
        var filter = parser.ReadExpression();
        NameCheck.Check(filter, type, parser);
        return NameCheck.CanBeTrue(filter) ? filter : throw parser.Fail(start, "a filter must be true or false, this is a value");
    }

    static ImmutableArray<OrderTerm> ReadOrderBy(ExpressionParser parser, EntityType type)
    {
        var terms = ImmutableArray.CreateBuilder<OrderTerm>();
        do
        {
            if (terms.Count == MaximumOrderTerms) throw parser.Unexpected($"the end (at most {MaximumOrderTerms} terms)");
            var key = parser.ReadExpression();
            NameCheck.Check(key, type, parser);
            var direction = parser.Current is { Kind: TokenKind.Name, Text: "asc" or "desc" } ? parser.Take().Text : "asc";
            terms.Add(new OrderTerm(key, direction == "desc"));
        }
        while (parser.TryTake(TokenKind.Comma));
        return terms.ToImmutable();
    }

    static ImmutableArray<string> ReadSelect(ExpressionParser parser, EntityType type)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        do
        {
            var name = parser.Expect(TokenKind.Name, "the name of a property");
            if (!type.HasProperty(name.Text) && type.FindNavigation(name.Text) is null)
                throw parser.Fail(name.Start, NameCheck.Unknown(name.Text, type));
            var plain = EntityType.IsId(name.Text) || name.Text is "selfLink" or "@iot.selfLink" ? "id" : name.Text;
            while (parser.TryTake(TokenKind.Slash))
            {
                var member = parser.Expect(TokenKind.Name, "a name");
                if (!type.Complex.Contains(name.Text))
                    throw parser.Fail(member.Start, $"{ProblemException.Quote(name.Text)} has no properties of its own");
                plain += "/" + member.Text;
            }
            if (!names.Contains(plain)) names.Add(plain);
        }
        while (parser.TryTake(TokenKind.Comma));
        return names.ToImmutable();
    }

    static ImmutableArray<ExpandTerm> ReadExpand(ExpressionParser parser, EntityType type)
    {
        var terms = new List<ExpandTerm>();
        do
        {
            var start = parser.Current.Start;
            Merge(terms, ReadExpandTerm(parser, type), () => parser.Fail(start, "this relation is expanded twice with different options"));
        }
        while (parser.TryTake(TokenKind.Comma));
        return [.. terms];
    }

    static ExpandTerm ReadExpandTerm(ExpressionParser parser, EntityType type)
    {
        parser.Descend();
        var name = parser.Expect(TokenKind.Name, "the name of a relation");
        var navigation = type.FindNavigation(name.Text) ?? throw parser.Fail(name.Start, string.Create(CultureInfo.InvariantCulture,
            $"{type.SetName} have no relation {ProblemException.Quote(name.Text)}, only {RelationsOf(type)}"));
        var options = QueryOptions.None;
        if (parser.TryTake(TokenKind.Slash))
            options = options with { Expand = [ReadExpandTerm(parser, navigation.Target())] };
        else if (parser.TryTake(TokenKind.OpenParenthesis))
            options = ReadNested(parser, navigation);
        parser.Ascend();
        return new ExpandTerm(navigation, options);
    }

    static string RelationsOf(EntityType type) => string.Join(", ", type.Navigations.Select(navigation => navigation.Name));

    static QueryOptions ReadNested(ExpressionParser parser, Navigation navigation)
    {
        var options = QueryOptions.None;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        do
        {
            var name = parser.Expect(TokenKind.Name, "an option such as $top");
            RequireKnown(name.Text);
            if (!seen.Add(name.Text)) throw parser.Fail(name.Start, "this option is given twice");
            if (!navigation.IsCollection && name.Text is not ("$select" or "$expand"))
                throw parser.Fail(name.Start, $"{navigation.Name} is one entity: only $select and $expand make sense");
            parser.Expect(TokenKind.EqualsSign, "an equals sign");
            options = Read(parser, options, name.Text, navigation.Target());
        }
        while (parser.TryTake(TokenKind.Semicolon));
        parser.Expect(TokenKind.CloseParenthesis, "a closing parenthesis");
        return options;
    }

    /// <summary>"Datastreams/Sensor,Datastreams/Thing" expands Datastreams once.</summary>
    static void Merge(List<ExpandTerm> terms, ExpandTerm added, Func<ProblemException> conflict)
    {
        var index = terms.FindIndex(term => term.Navigation == added.Navigation);
        if (index < 0)
        {
            terms.Add(added);
            return;
        }
        var (first, second) = (terms[index].Options, added.Options);
        if (!(first with { Expand = [] }).IsNone && !(second with { Expand = [] }).IsNone) throw conflict();
        var expands = first.Expand.ToList();
        foreach (var term in second.Expand) Merge(expands, term, conflict);
        var kept = (first with { Expand = [] }).IsNone ? second : first;
        terms[index] = new ExpandTerm(added.Navigation, kept with { Expand = [.. expands] });
    }

    static int CountExpands(QueryOptions options, int depth)
    {
        if (depth > MaximumExpandDepth)
            throw ProblemException.BadParameter("$expand",
                string.Create(CultureInfo.InvariantCulture, $"At most {MaximumExpandDepth} levels can be expanded."));
        var count = options.Expand.Sum(term => 1 + CountExpands(term.Options, depth + 1));
        return count <= MaximumExpands
            ? count
            : throw ProblemException.BadParameter("$expand",
                string.Create(CultureInfo.InvariantCulture, $"At most {MaximumExpands} relations can be expanded."));
    }

    static int ReadNumber(ExpressionParser parser)
    {
        var start = parser.Current.Start;
        return parser.Expect(TokenKind.Literal, "a number").Value is long number and >= 0 and <= int.MaxValue
            ? (int)number
            : throw parser.Fail(start, "$top and $skip are whole numbers from 0");
    }

    static bool ReadTruth(ExpressionParser parser)
    {
        var start = parser.Current.Start;
        return parser.Expect(TokenKind.Literal, "true or false").Value is bool truth
            ? truth
            : throw parser.Fail(start, "$count is true or false");
    }

    static bool ReadResultFormat(string value, EntityType type) => value == "dataArray" && type == EntityType.Observation
        ? true
        : throw ProblemException.BadParameter("$resultFormat", "There is one other format: dataArray, for Observations.");

    static void RequireKnown(string name)
    {
        if (name is "$filter" or "$orderby" or "$select" or "$expand" or "$top" or "$skip" or "$count") return;
        throw name.StartsWith('$')
            ? new ProblemException(StatusCodes.Status501NotImplemented,
                $"The option {ProblemException.Quote(name)} is not there. There are: {Names}.", Short(name))
            : ProblemException.BadParameter(Short(name), $"There is no parameter {ProblemException.Quote(name)} here. There are: {Names}.");
    }

    static string Short(string name) => name.Length <= 60 ? name : name[..60];
}
