using System.Collections.Immutable;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Computes expressions. Logic is that of OData: what is null is neither true nor false.</summary>
sealed class Evaluator(QueryContext context)
{
    readonly Dictionary<LambdaExpression, ImmutableArray<Join>> lambdaJoins = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<object, TimeBounds> bounds = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a filter is true for an entity.</summary>
    public async ValueTask<bool> MatchesAsync(FilterPlan filter, Entity entity)
    {
        var scope = new Scope(entity);
        foreach (var condition in filter.Direct)
        {
            if (await EvaluateAsync(condition, scope) is not true) return false;
        }
        return filter.Joined.IsEmpty || await ExistsAsync(filter.Joins, 0, scope, filter.Joined);
    }

    /// <summary>The value of an expression for an entity. Of relations to many, it takes the first entity.</summary>
    public async ValueTask<object?> ValueAsync(Expression expression, ImmutableArray<Join> joins, Entity entity)
    {
        var scope = new Scope(entity);
        foreach (var join in joins) scope.Joined[join.Key] = await FirstAsync(await SourceAsync(join.Collection, scope));
        return await EvaluateAsync(expression, scope);
    }

    /// <summary>The value of an expression without paths.</summary>
    public ValueTask<object?> ConstantAsync(Expression expression) => EvaluateAsync(expression, new Scope(null!));

    async ValueTask<object?> EvaluateAsync(Expression expression, Scope scope)
    {
        context.Budget.Step();
        switch (expression)
        {
            case LiteralExpression literal:
                return literal.Value;
            case PathExpression path:
                return await ReadAsync(path, scope);
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                return await EvaluateAsync(not.Operand, scope) is bool truth ? !truth : null;
            case UnaryExpression negation:
                return Operations.Negate(await EvaluateAsync(negation.Operand, scope));
            case BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logical:
                return await CombineAsync(logical, scope);
            case BinaryExpression binary:
                var (left, right) = (await EvaluateAsync(binary.Left, scope), await EvaluateAsync(binary.Right, scope));
                return binary.Operator < BinaryOperator.Add
                    ? Operations.Compare(binary.Operator, left, right)
                    : Operations.Compute(binary.Operator, left, right);
            case CallExpression call:
                return await CallAsync(call, scope);
            case LambdaExpression lambda:
                return await QuantifyAsync(lambda, scope);
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    async ValueTask<object?> CombineAsync(BinaryExpression logical, Scope scope)
    {
        var decisive = logical.Operator == BinaryOperator.Or;
        var left = await EvaluateAsync(logical.Left, scope) as bool?;
        if (left == decisive) return decisive;
        var right = await EvaluateAsync(logical.Right, scope) as bool?;
        return right == decisive ? decisive : left is null || right is null ? null : !decisive;
    }

    async ValueTask<object?> CallAsync(CallExpression call, Scope scope)
    {
        if (call.Function.IsClock) return context.Now;
        var arguments = new object[call.Arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (await EvaluateAsync(call.Arguments[i], scope) is not { } value) return null;
            arguments[i] = value;
        }
        return call.Function.Apply(arguments);
    }

    async ValueTask<object?> QuantifyAsync(LambdaExpression lambda, Scope scope)
    {
        if (!lambdaJoins.TryGetValue(lambda, out var joins)) lambdaJoins[lambda] = joins = FilterPlan.JoinsOf(lambda);
        // Of "all", every one counts; of "any", only those that the database cannot rule out.
        var within = lambda.Variable is null || lambda.All
            ? TimeBounds.None
            : await BoundsAsync(lambda, FilterPlan.Conjuncts(lambda.Condition), lambda.Variable);
        await foreach (var element in EnumerateAsync(await SourceAsync(lambda.Collection, scope), within))
        {
            if (lambda.Variable is null) return true;
            var inner = scope.With(lambda.Variable, element);
            var holds = await ExistsAsync(joins, 0, inner, [lambda.Condition!]);
            if (holds != lambda.All) return holds;
        }
        return lambda.All;
    }

    /// <summary>Whether the joined relations have entities for which all the conditions hold together.</summary>
    async ValueTask<bool> ExistsAsync(ImmutableArray<Join> joins, int index, Scope scope, ImmutableArray<Expression> conditions)
    {
        if (index == joins.Length)
        {
            foreach (var condition in conditions)
            {
                if (await EvaluateAsync(condition, scope) is not true) return false;
            }
            return true;
        }
        var join = joins[index];
        var any = false;
        var within = await BoundsAsync(join, conditions.SelectMany(FilterPlan.Conjuncts), [.. join.Collection.Segments]);
        await foreach (var element in EnumerateAsync(await SourceAsync(join.Collection, scope), within))
        {
            any = true;
            scope.Joined[join.Key] = element;
            if (await ExistsAsync(joins, index + 1, scope, conditions)) return true;
        }
        if (any || within != TimeBounds.None) return false;
        // Nothing to join: its properties are null, so that "Datastreams/id eq null" finds what has none.
        scope.Joined[join.Key] = null;
        return await ExistsAsync(joins, index + 1, scope, conditions);
    }

    async ValueTask<object?> ReadAsync(PathExpression path, Scope scope)
    {
        var (entity, index) = Walk(path, path.Segments.Length, scope);
        if (entity is null) return null;
        var name = path.Segments[index++];
        object? value = EntityType.IsId(name) ? entity.Id
            : name is "selfLink" or "@iot.selfLink" ? context.ServiceAddress(entity.Path)
            : await entity.ReadAsync(name, context);
        for (; index < path.Segments.Length && value is not null; index++)
            value = value is ComplexValue complex && complex.TryGet(path.Segments[index], out var member) ? member : null;
        return value is int whole ? (long)whole : value;
    }

    /// <summary>Follows the relations at the beginning of a path. The entity is null where a relation led to nothing.</summary>
    (Entity? Entity, int Index) Walk(PathExpression path, int until, Scope scope)
    {
        Entity? entity = scope.Root;
        var index = 0;
        if (scope.Find(path.Segments[0]) is { } variable) (entity, index) = (variable, 1);
        var type = entity.Type;
        for (; index < until && type.FindNavigation(path.Segments[index]) is { } navigation; index++)
        {
            context.Budget.Step();
            entity = navigation.IsCollection
                ? scope.Joined.GetValueOrDefault(FilterPlan.KeyOf(path.Segments, index + 1))
                : entity?.Related(navigation, context.Catalogue);
            type = navigation.Target();
        }
        return (entity, index);
    }

    ValueTask<EntitySource?> SourceAsync(PathExpression collection, Scope scope)
    {
        var last = collection.Segments.Length - 1;
        var (entity, _) = Walk(collection, last, scope);
        return new(entity?.RelatedMany(entity.Type.FindNavigation(collection.Segments[last])!, context.Catalogue));
    }

    async ValueTask<Entity?> FirstAsync(EntitySource? source)
    {
        await foreach (var entity in EnumerateAsync(source, TimeBounds.None)) return entity;
        return null;
    }

    /// <summary>Which Observations of a relation can meet conditions. Computed once for each place in a query.</summary>
    async ValueTask<TimeBounds> BoundsAsync(object place, IEnumerable<Expression> conditions, params string[] prefix)
    {
        if (bounds.TryGetValue(place, out var known)) return known;
        var within = TimeBounds.None;
        foreach (var condition in conditions) within = await within.WithAsync(condition, this, prefix);
        return bounds[place] = within;
    }

    async IAsyncEnumerable<Entity> EnumerateAsync(EntitySource? source, TimeBounds within)
    {
        if (source is ListSource list)
        {
            foreach (var entity in list.Entities) yield return entity;
        }
        else if (source is ObservationSource observations)
        {
            var streams = observations.Streams.Where(within.CanHold).ToList();
            var scan = new ObservationScan(context, streams, ObservationOrder.ById, within, null, ObservationScan.LargestChunk);
            while (await scan.NextAsync() is { } observation) yield return observation;
            if (scan.IsCut) throw context.Budget.Refusal;
        }
    }

    /// <summary>What names mean while an expression is computed.</summary>
    sealed class Scope(Entity root, Scope? outer = null, string? variable = null, Entity? element = null)
    {
        public Entity Root => root;

        /// <summary>The entities at hand of the relations to many.</summary>
        public Dictionary<string, Entity?> Joined { get; } = outer is null ? [] : new(outer.Joined, StringComparer.Ordinal);

        public Entity? Find(string name) => name == variable ? element : outer?.Find(name);

        public Scope With(string name, Entity value) => new(root, this, name, value);
    }
}
