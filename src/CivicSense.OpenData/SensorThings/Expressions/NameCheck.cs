using System.Collections.Immutable;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Checks that the names in an expression are there, before anything is evaluated.</summary>
static class NameCheck
{
    /// <exception cref="ProblemException">400: a name is not there.</exception>
    public static void Check(Expression expression, EntityType type, ExpressionParser parser) =>
        Check(expression, type, ImmutableDictionary<string, EntityType>.Empty, parser);

    public static string Unknown(string name, EntityType type) => string.Create(CultureInfo.InvariantCulture,
        $"{type.SetName} have nothing named {ProblemException.Quote(name)}, only id, {string.Join(", ", NamesOf(type))}");

    static IEnumerable<string> NamesOf(EntityType type) => type.Properties.Concat(type.Navigations.Select(known => known.Name));

    /// <summary>Whether an expression can have a truth value at all.</summary>
    public static bool CanBeTrue(Expression expression) => expression switch
    {
        LiteralExpression literal => literal.Value is bool,
        UnaryExpression unary => unary.Operator == UnaryOperator.Not,
        BinaryExpression binary => binary.Operator < BinaryOperator.Add,
        CallExpression call => call.Function.IsPredicate,
        _ => true,
    };

    static void Check(Expression expression, EntityType type, ImmutableDictionary<string, EntityType> variables, ExpressionParser parser)
    {
        switch (expression)
        {
            case PathExpression path:
                CheckPath(path, type, variables, parser, wantsCollection: false);
                break;
            case UnaryExpression unary:
                Check(unary.Operand, type, variables, parser);
                break;
            case BinaryExpression binary:
                Check(binary.Left, type, variables, parser);
                Check(binary.Right, type, variables, parser);
                break;
            case CallExpression call:
                foreach (var argument in call.Arguments) Check(argument, type, variables, parser);
                break;
            case LambdaExpression lambda:
                var element = CheckPath(lambda.Collection, type, variables, parser, wantsCollection: true);
                if (lambda.Variable is { } variable)
                    Check(lambda.Condition!, type, variables.SetItem(variable, element), parser);
                break;
        }
    }

    static EntityType CheckPath(
        PathExpression path, EntityType type, ImmutableDictionary<string, EntityType> variables, ExpressionParser parser,
        bool wantsCollection)
    {
        var segments = path.Segments;
        var index = 0;
        if (variables.TryGetValue(segments[0], out var bound)) (type, index) = (bound, 1);
        var collection = false;
        while (index < segments.Length && type.FindNavigation(segments[index]) is { } navigation)
        {
            type = navigation.Target();
            collection = navigation.IsCollection;
            index++;
        }
        if (wantsCollection)
        {
            return index == segments.Length && collection
                ? type
                : throw parser.Fail(path.Start, "any and all look through a relation to many");
        }
        if (index == segments.Length)
            throw parser.Fail(path.Start, $"{ProblemException.Quote(path.ToString())} is no property but leads to {type.SetName}");
        if (!type.HasProperty(segments[index])) throw parser.Fail(path.Start, Unknown(segments[index], type));
        if (index + 1 < segments.Length && !type.Complex.Contains(segments[index]))
            throw parser.Fail(path.Start, $"{ProblemException.Quote(segments[index])} has no properties of its own");
        return type;
    }
}
