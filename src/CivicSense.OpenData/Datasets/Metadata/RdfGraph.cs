using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CivicSense.OpenData;

/// <summary>
/// Statements of RDF, written as JSON-LD 1.1 or Turtle 1.1. Subjects and statements keep the order in which they were added.
/// </summary>
sealed class RdfGraph(IReadOnlyDictionary<string, string> prefixes)
{
    readonly Dictionary<string, List<(string Predicate, RdfTerm Object)>> subjects = new(StringComparer.Ordinal);
    readonly List<string> order = [];

    /// <summary>Adds a statement.</summary>
    /// <param name="subject">An IRI, or a blank node's name that begins with <c>_:</c>.</param>
    /// <param name="predicate">A prefixed name.</param>
    /// <param name="value">What is said.</param>
    public void Add(string subject, string predicate, RdfTerm value)
    {
        if (!subjects.TryGetValue(subject, out var statements))
        {
            subjects[subject] = statements = [];
            order.Add(subject);
        }
        // Statements are a set.
        if (!statements.Contains((predicate, value)))
            statements.Add((predicate, value));
    }

    /// <summary>Says of which class a subject is.</summary>
    public void AddType(string subject, string type) => Add(subject, "rdf:type", RdfTerm.Name(type));

    public byte[] WriteJsonLd()
    {
        var context = new JsonObject();
        foreach (var (prefix, address) in prefixes)
            context[prefix] = address;
        var graph = new JsonArray();
        foreach (var subject in order)
        {
            var node = new JsonObject { ["@id"] = subject };
            foreach (var group in subjects[subject].GroupBy(statement => statement.Predicate))
            {
                if (group.Key == "rdf:type")
                    node["@type"] = new JsonArray([.. group.Select(statement => (JsonNode)statement.Object.Value)]);
                else
                    node[group.Key] = new JsonArray([.. group.Select(statement => (JsonNode)statement.Object.ToJsonLd())]);
            }
            graph.Add(node);
        }
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["@context"] = context, ["@graph"] = graph }, PublicJson.Options);
    }

    public string WriteTurtle()
    {
        var text = new StringBuilder();
        foreach (var (prefix, address) in prefixes)
            text.Append("@prefix ").Append(prefix).Append(": <").Append(address).Append("> .\n");
        foreach (var subject in order)
        {
            text.Append('\n').Append(RdfTerm.Reference(subject).ToTurtle());
            var separator = "\n    ";
            foreach (var group in subjects[subject].GroupBy(statement => statement.Predicate))
            {
                text.Append(separator).Append(group.Key == "rdf:type" ? "a" : group.Key).Append(' ')
                    .AppendJoin(", ", group.Select(statement => statement.Object.ToTurtle()));
                separator = " ;\n    ";
            }
            text.Append(" .\n");
        }
        return text.ToString();
    }
}

/// <summary>The object of a statement.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">An IRI, a blank node's name, a prefixed name, or the text of a literal.</param>
/// <param name="Annotation">Of a literal the type as a prefixed name, or the language.</param>
sealed record RdfTerm(RdfTermKind Kind, string Value, string Annotation = "")
{
    /// <summary>Another subject, or something elsewhere.</summary>
    public static RdfTerm Reference(string address) => new(RdfTermKind.Reference, address);

    /// <summary>A term of a vocabulary, as a prefixed name.</summary>
    public static RdfTerm Name(string prefixed) => new(RdfTermKind.Name, prefixed);

    /// <summary>Text in a language.</summary>
    public static RdfTerm In(Language language, string text) => new(RdfTermKind.LanguageText, text, language.Code);

    /// <summary>A value with its type, a prefixed name.</summary>
    public static RdfTerm Typed(string text, string type) => new(RdfTermKind.TypedValue, text, type);

    /// <summary>Text in no language.</summary>
    public static RdfTerm Text(string text) => Typed(text, "xsd:string");

    public JsonObject ToJsonLd() => Kind switch
    {
        RdfTermKind.LanguageText => new JsonObject { ["@value"] = Value, ["@language"] = Annotation },
        RdfTermKind.TypedValue => new JsonObject { ["@value"] = Value, ["@type"] = Annotation },
        _ => new JsonObject { ["@id"] = Value },
    };

    public string ToTurtle() => Kind switch
    {
        RdfTermKind.LanguageText => $"{Quote(Value)}@{Annotation}",
        RdfTermKind.TypedValue => $"{Quote(Value)}^^{Annotation}",
        RdfTermKind.Reference when !Value.StartsWith("_:", StringComparison.Ordinal) => $"<{Value}>",
        _ => Value,
    };

    static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                _ => letter,
            });
        }
        return quoted.Append('"').ToString();
    }
}

/// <summary>What the object of a statement is.</summary>
enum RdfTermKind
{
    Reference,
    Name,
    LanguageText,
    TypedValue,
}
