namespace CivicSense.OpenData.SensorThings;

/// <summary>What everything that answers one request has at hand.</summary>
/// <param name="catalogue">The entities at the moment of the request.</param>
/// <param name="source">Where the catalogue is from.</param>
/// <param name="commons">The public data.</param>
/// <param name="options">The settings of the public face.</param>
/// <param name="budget">What the request may still cost.</param>
/// <param name="origin">The address of the node without a slash at its end.</param>
/// <param name="now">The time of the request.</param>
sealed class QueryContext(
    Catalogue catalogue, CatalogueSource source, ICommons commons, OpenDataOptions options, QueryBudget budget, string origin,
    DateTimeOffset now)
{
    public Catalogue Catalogue => catalogue;

    public ICommons Commons => commons;

    public OpenDataOptions Options => options;

    public QueryBudget Budget => budget;

    public DateTimeOffset Now => now;

    /// <summary>The absolute address of a path at this node.</summary>
    public string Address(string path) => origin + path;

    /// <summary>The absolute address of a path below the service root.</summary>
    public string ServiceAddress(string path) => $"{origin}{SensorThingsRoutes.Root}/{path}";

    public async ValueTask<DateTimeOffset> FirstStartAsync(Datastream stream) => (await source.FirstAsync(stream, budget)).Start;

    public async ValueTask<DateTimeOffset> FirstEndAsync(Datastream stream) => (await source.FirstAsync(stream, budget)).End;
}
