namespace CivicSense.OpenData;

/// <summary>How current a page is, and when the next release comes.</summary>
static class Freshness
{
    /// <summary>Beyond this the page says that releases have stopped: a healthy node releases each hour.</summary>
    static readonly TimeSpan Stale = TimeSpan.FromHours(3);

    public static Html Draw(DateTimeOffset releasedUntil, NodeStatus status, PageRequest request)
    {
        var html = new Html();
        if (request.Now - releasedUntil > Stale)
            html.Append($"<strong>Nothing newer has been released since {request.Words.Instant(releasedUntil)}.</strong> ");
        return status.NextReleaseDue is { } due
            ? html.Append($"Next release: <time datetime=\"{TimeText.Write(due)}\">{request.Words.Instant(due)}</time> (local time).")
            : html.Append($"When the next release comes is not known.");
    }
}
