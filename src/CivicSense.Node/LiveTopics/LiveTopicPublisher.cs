using System.Data.Common;
using CivicSense.Commons;
using CivicSense.Mqtt;
using CivicSense.OpenData;
using Microsoft.Extensions.Options;

namespace CivicSense.Node.LiveTopics;

/// <summary>
/// Publishes the newest hour's estimate of every area and quantity, retained, on <c>civicsense/v1/public/{quadkey}/{quantity}</c>, in the
/// form that the API gives it. It reads the commons, so it can say nothing that the API does not say.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
sealed class LiveTopicPublisher(
    ICommons commons, IMqttPublisher publisher, IOptions<OpenDataOptions> options, ILogger<LiveTopicPublisher> logger) : IDisposable
{
    readonly SemaphoreSlim turn = new(1, 1);
    Dictionary<string, Estimate> published = new(StringComparer.Ordinal);
    bool isBehind;

    /// <summary>
    /// Publishes what has changed since the last call, everything at the first, and removes the topics of areas and quantities that are
    /// released no more. Where the commons cannot be read nothing changes until the next call.
    /// </summary>
    /// <returns>Whether the commons could be read.</returns>
    public async ValueTask<bool> PublishAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await PublishInTurnAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    async ValueTask<bool> PublishInTurnAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Estimate> estimates;
        try
        {
            estimates = await commons.ReadLatestEstimatesAsync(Resolution.Hour, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException)
        {
            if (!isBehind)
                logger.LiveTopicsDelayed(exception.Message);
            isBehind = true;
            return false;
        }

        var current = Newest(estimates);
        foreach (var (topic, estimate) in current)
        {
            if (!published.TryGetValue(topic, out var before) || before != estimate)
                publisher.Publish(topic, EstimateJson.Write(estimate, options.Value), retain: true);
        }
        // An empty payload removes what is retained (MQTT 5.0, section 3.3.1.3).
        foreach (var topic in published.Keys.Where(topic => !current.ContainsKey(topic)))
            publisher.Publish(topic, [], retain: true);
        published = current;
        isBehind = false;
        return true;
    }

    /// <summary>Every release writes all its areas and quantities, so one with an older hour is not released any more.</summary>
    static Dictionary<string, Estimate> Newest(IReadOnlyList<Estimate> estimates)
    {
        var newest = estimates.Select(estimate => estimate.Start).DefaultIfEmpty().Max();
        return estimates.Where(estimate => estimate.Start == newest).ToDictionary(TopicOf, StringComparer.Ordinal);
    }

    static string TopicOf(Estimate estimate) => $"civicsense/v1/public/{EstimateJson.AreaName(estimate.Area)}/{estimate.Quantity.Id}";
}
