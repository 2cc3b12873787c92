namespace CivicSense.OpenData;

/// <summary>How current a page is, and when the next release comes.</summary>
static class Freshness
{
    /// <summary>Beyond this the page says that releases have stopped: a healthy node releases each hour.</summary>
    static readonly TimeSpan Stale = TimeSpan.FromHours(3);

    public static Html Draw(DateTimeOffset releasedUntil, NodeStatus status, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        if (request.Now - releasedUntil > Stale)
            html.Append(words.Markup("fresh.stale", ("time", words.Instant(releasedUntil)))).Append($" ");
        return html.Append(status.NextReleaseDue is { } due
            ? words.Markup("fresh.next",
                ("time", new Html().Append($"<time datetime=\"{TimeText.Write(due)}\">{words.Instant(due)}</time>")))
            : words.Markup("fresh.unknown"));
    }
}
