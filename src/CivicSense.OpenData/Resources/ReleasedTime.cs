namespace CivicSense.OpenData;

/// <summary>
/// The time in which the node can have released anything. What is asked for beyond it is empty, and need not be looked through.
/// </summary>
static class ReleasedTime
{
    /// <summary>From the first day that the ledger tells of to the end of the newest release; null where the ledger is empty.</summary>
    public static async ValueTask<(PrivacyDay FirstDay, DateTimeOffset Until)?> ReadAsync(ResourceRequest request) =>
        await request.Commons.ReadLedgerAsync(0, 1, request.Aborted) is [var entry]
            ? (entry.Content.Day, await request.ReleasedUntilAsync())
            : null;

    /// <summary>The part of some windows that lies in it; empty where there is none.</summary>
    public static async ValueTask<(HourWindow From, HourWindow Until)> ClipAsync(ResourceRequest request, HourWindow from, HourWindow until)
    {
        if (await ReadAsync(request) is not { } released) return (from, from);
        var first = TimeText.FirstWindowFrom(TimeText.StartOf(released.FirstDay, request.Zone));
        var end = TimeText.FirstWindowFrom(released.Until);
        return (from > first ? from : first, until < end ? until : end);
    }

    /// <summary>The part of some days that lies in it; empty where there is none.</summary>
    public static async ValueTask<(PrivacyDay From, PrivacyDay Until)> ClipAsync(ResourceRequest request, PrivacyDay from, PrivacyDay until)
    {
        if (await ReadAsync(request) is not { } released) return (from, from);
        var end = PrivacyDay.Of(HourWindow.Containing(released.Until), request.Zone).Next;
        return (from > released.FirstDay ? from : released.FirstDay, until < end ? until : end);
    }
}
