using System.Collections.Immutable;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A relation to many that paths of an expression go through without <c>any</c>.</summary>
/// <param name="Key">The path up to the relation.</param>
/// <param name="Collection">The same as a path.</param>
sealed record Join(string Key, PathExpression Collection);

/// <summary>A filter, made ready.</summary>
/// <remarks>
/// A path through a relation to many means: there is one entity for which the filter holds. Two paths through the same relation mean the
/// same entity, as in the standard's own example of observations "of a feature, in June" (OGC 18-088, clause 9.3.3.5).
/// </remarks>
/// <param name="Direct">Conditions that must all hold and go through no relation to many: computed first.</param>
/// <param name="Joined">Conditions that must all hold, together, for some entities of <paramref name="Joins"/>.</param>
/// <param name="Joins">The relations to many, outer ones before those inside them.</param>
sealed record FilterPlan(ImmutableArray<Expression> Direct, ImmutableArray<Expression> Joined, ImmutableArray<Join> Joins)
{
    /// <summary>Whether everything matches.</summary>
    public bool IsEmpty => Direct.IsEmpty && Joined.IsEmpty;

    /// <summary>Makes a filter on entities of a type ready.</summary>
    public static FilterPlan Of(IEnumerable<Expression> conditions, EntityType type)
    {
        var parts = conditions.Select(condition => (Condition: condition, Joins: JoinsOf(condition, type))).ToList();
        return new FilterPlan(
            [.. parts.Where(part => part.Joins.IsEmpty).Select(part => part.Condition)],
            [.. parts.Where(part => !part.Joins.IsEmpty).Select(part => part.Condition)],
            [.. parts.SelectMany(part => part.Joins).DistinctBy(join => join.Key).OrderBy(join => join.Collection.Segments.Length)]);
    }

    /// <summary>The conditions that <c>and</c> joins.</summary>
    public static IEnumerable<Expression> Conjuncts(Expression? filter) => filter switch
    {
        null => [],
        BinaryExpression { Operator: BinaryOperator.And } and => Conjuncts(and.Left).Concat(Conjuncts(and.Right)),
        _ => [filter],
    };

    /// <summary>The relations to many that paths from the entity itself go through.</summary>
    public static ImmutableArray<Join> JoinsOf(Expression expression, EntityType type)
    {
        var variables = new HashSet<string>(StringComparer.Ordinal);
        CollectVariables(expression, variables);
        return JoinsOf(expression.Paths().Where(path => !variables.Contains(path.Segments[0])), type, 0, Collections(expression));
    }

    /// <summary>The relations to many that paths from a lambda's variable go through.</summary>
    public static ImmutableArray<Join> JoinsOf(LambdaExpression lambda)
    {
        if (lambda.Variable is null) return [];
        var type = EntityType.All.First(candidate => candidate.SetName == lambda.Collection.Segments[^1]);
        return JoinsOf(lambda.Condition!.Paths().Where(path => path.Segments[0] == lambda.Variable), type, 1,
            Collections(lambda.Condition));
    }

    public static string KeyOf(ImmutableArray<string> segments, int length) => string.Join('/', segments.Take(length));

    static ImmutableArray<Join> JoinsOf(IEnumerable<PathExpression> paths, EntityType start, int from, HashSet<PathExpression> collections)
    {
        var joins = new Dictionary<string, Join>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var type = start;
            // What any and all look through is theirs.
            var until = collections.Contains(path) ? path.Segments.Length - 1 : path.Segments.Length;
            for (var i = from; i < until && type.FindNavigation(path.Segments[i]) is { } navigation; i++)
            {
                var key = KeyOf(path.Segments, i + 1);
                if (navigation.IsCollection) joins.TryAdd(key, new Join(key, path with { Segments = path.Segments[..(i + 1)] }));
                type = navigation.Target();
            }
        }
        return [.. joins.Values.OrderBy(join => join.Collection.Segments.Length)];
    }

    static HashSet<PathExpression> Collections(Expression expression)
    {
        var found = new HashSet<PathExpression>(ReferenceEqualityComparer.Instance);
        Visit(expression, lambda => found.Add(lambda.Collection));
        return found;
    }

    static void CollectVariables(Expression expression, HashSet<string> variables) => Visit(expression, lambda =>
    {
        if (lambda.Variable is { } variable) variables.Add(variable);
    });

    static void Visit(Expression expression, Action<LambdaExpression> visit)
    {
        switch (expression)
        {
            case UnaryExpression unary:
                Visit(unary.Operand, visit);
                break;
            case BinaryExpression binary:
                Visit(binary.Left, visit);
                Visit(binary.Right, visit);
                break;
            case CallExpression call:
                foreach (var argument in call.Arguments) Visit(argument, visit);
                break;
            case LambdaExpression lambda:
                visit(lambda);
                if (lambda.Condition is { } condition) Visit(condition, visit);
                break;
        }
    }
}
