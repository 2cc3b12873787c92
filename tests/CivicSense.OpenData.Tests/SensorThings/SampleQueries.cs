using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>Parses and evaluates without HTTP.</summary>
static class SampleQueries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 12, 0, TimeSpan.Zero);

    public static async Task<QueryContext> OpenAsync(FakeCommons? commons = null)
    {
        commons ??= FakeCommons.Filled();
        var source = new CatalogueSource(commons, TimeProvider.System);
        var budget = new QueryBudget(TimeProvider.System, CancellationToken.None);
        return new QueryContext(
            await source.GetAsync(CancellationToken.None), source, commons, new OpenDataOptions(), budget, "http://node.example", Now);
    }

    /// <summary>The value of an expression without paths.</summary>
    public static async Task<object?> EvaluateAsync(string text) =>
        await new Evaluator(await OpenAsync()).ConstantAsync(ExpressionParser.Parse("$filter", text));

    /// <summary>The indices of the entities that a filter lets through.</summary>
    public static async Task<List<int>> MatchAsync(string filter, EntityType type, IReadOnlyList<Entity> entities)
    {
        var options = QueryOptionsParser.Parse([new("$filter", filter)], type);
        var plan = FilterPlan.Of(FilterPlan.Conjuncts(options.Filter), type);
        var evaluator = new Evaluator(await OpenAsync());
        var found = new List<int>();
        for (var i = 0; i < entities.Count; i++)
        {
            if (await evaluator.MatchesAsync(plan, entities[i])) found.Add(i);
        }
        return found;
    }
}

/// <summary>An entity with properties as a test wants them.</summary>
sealed class SampleEntity(EntityType type, params (string Name, object? Value)[] properties) : Entity(type, "sample")
{
    public override ValueTask<object?> ReadAsync(string property, QueryContext context) =>
        new(Array.Find(properties, known => known.Name == property).Value);
}
