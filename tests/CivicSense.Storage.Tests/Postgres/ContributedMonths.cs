using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

/// <summary>Three months in which a sensor contributes, to be released and dropped.</summary>
static class ContributedMonths
{
    public static readonly HourWindow June = Samples.Window;
    public static readonly HourWindow July = FirstHourOf(7);
    public static readonly HourWindow August = FirstHourOf(8);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Commits a contribution to each window.</summary>
    public static async Task CommitAsync(PostgresStore store, params HourWindow[] windows)
    {
        foreach (var window in windows)
            await store.Vault.CommitAsync(new[] { Samples.Contribution(1, window) }, Cancel);
    }

    /// <summary>Completes every window through this one.</summary>
    public static Task ReleaseThroughAsync(PostgresStore store, HourWindow window) =>
        store.ReleaseAsync(async release => await release.CompleteWindowsAsync(window, Cancel));

    static HourWindow FirstHourOf(int month) => HourWindow.Containing(new DateTimeOffset(2026, month, 1, 0, 0, 0, TimeSpan.Zero));
}
