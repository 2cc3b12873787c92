namespace CivicSense.OpenData;

/// <summary>The instant as of which a request asks, where revisions are known of it.</summary>
/// <param name="Instant">The instant.</param>
/// <param name="DefaultEnd">Where the answer ends if the request does not say.</param>
/// <param name="CacheControl">How long the answer may be kept.</param>
sealed record PastInstant(DateTimeOffset Instant, DateTimeOffset DefaultEnd, string CacheControl)
{
    /// <summary>
    /// A revision is dated when its transaction begins and seen when that is committed, half a minute later at most. After this time
    /// nothing is published as of the instant any more.
    /// </summary>
    static readonly TimeSpan Settling = TimeSpan.FromMinutes(10);

    /// <summary>Reads <see cref="QueryParameter.AsOf"/>; null where it is left out.</summary>
    /// <exception cref="ProblemException">400: it is no instant, lies in the future, or before the history of revisions begins.</exception>
    public static async ValueTask<PastInstant?> ReadAsync(ResourceRequest request)
    {
        if (request.Text(QueryParameter.AsOf) is not { } text) return null;
        var instant = TimeText.ReadInstant(QueryParameter.AsOf.Name, text, request.Zone);
        var history = await request.Commons.ReadRevisionHistoryAsync(request.Aborted);
        if (instant > history.Now)
        {
            throw ProblemException.BadParameter(
                QueryParameter.AsOf.Name,
                $"{TimeText.Write(instant)} lies in the future: at the node it is {TimeText.Write(history.Now)}.");
        }
        if (instant < history.Begins)
        {
            throw ProblemException.BadParameter(
                QueryParameter.AsOf.Name,
                $"What was published before {TimeText.Write(history.Begins.Value)} and has been revised was not kept. "
                    + "Ask for that time or a later one.");
        }
        var released = await request.ReleasedUntilAsync();
        // A list that ends with the newest release goes on moving.
        var isFixed = instant <= history.Now - Settling && (instant <= released || request.Text(QueryParameter.To) is not null);
        return new PastInstant(instant, instant <= released ? instant : released, isFixed ? PublicResult.Immutable : PublicResult.Live);
    }
}
