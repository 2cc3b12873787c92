using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Something that happens to a node from outside.</summary>
/// <param name="At">When, by the true time.</param>
/// <param name="What">What it is.</param>
sealed record Incident(DateTimeOffset At, Func<ReplayNode, Task> What)
{
    /// <summary>Whether a part of the node may report a failure because of it; otherwise none may.</summary>
    public bool MayFail { get; init; }

    /// <summary>Whether releases are lost by it, so that the commons hold less than was drawn.</summary>
    public bool LosesReleases { get; init; }

    public static Incident Restart(DateTimeOffset at) => new(at, async node =>
    {
        await node.SettleAsync();
        await node.StopAsync();
        await node.StartAsync();
    });

    /// <summary>A copy of the database is made, while the node is stopped for a moment.</summary>
    public static Incident Backup(DateTimeOffset at) => new(at, async node =>
    {
        await node.SettleAsync();
        await node.StopAsync();
        File.Copy(node.DatabasePath, node.BackupPath);
        await node.StartAsync();
    });

    /// <summary>The copy takes the database's place; the fence stays.</summary>
    public static Incident Restore(DateTimeOffset at) => new(at, async node =>
    {
        await node.SettleAsync();
        await node.StopAsync();
        foreach (var path in new[] { node.DatabasePath + "-wal", node.DatabasePath + "-shm" })
            File.Delete(path);
        File.Copy(node.BackupPath, node.DatabasePath, overwrite: true);
        await node.StartAsync();
    })
    {
        LosesReleases = true,
    };

    /// <summary>The next commit of a release or plan is cut off.</summary>
    public static Incident CutOff(DateTimeOffset at, Interruption interruption) => new(at, node =>
    {
        node.Store.Next = interruption;
        return Task.CompletedTask;
    })
    {
        MayFail = true,
    };

    /// <summary>The fence cannot be written for a while.</summary>
    public static Incident[] FenceBlocked(DateTimeOffset from, DateTimeOffset until) =>
    [
        new(from, node =>
        {
            Directory.CreateDirectory(node.FencePath + ".new");
            return Task.CompletedTask;
        })
        {
            MayFail = true,
        },
        new(until, node =>
        {
            Directory.Delete(node.FencePath + ".new");
            return Task.CompletedTask;
        }),
    ];

    /// <summary>The machine's clock is set forward or back.</summary>
    public static Incident ClockStep(DateTimeOffset at, TimeSpan by) => new(at, node =>
    {
        node.Offset += by;
        return Task.CompletedTask;
    });

    /// <summary>Something writes contributions past ingestion, as damage of the file could.</summary>
    public static Incident Contributions(
        DateTimeOffset at, HourWindow window, params (string Sensor, double Sum)[] sums) => new(at, async node =>
    {
        await node.SettleAsync();
        var devices = await node.Database.Vault.ReadDevicesAsync(CancellationToken.None);
        await node.Database.Vault.CommitAsync(
            sums.Select(sum => new Contribution(
                devices.Single(device => device.Name == sum.Sensor).Id, Quantity.Pm25.Ordinal, window, 1, sum.Sum, 1)).ToArray(),
            CancellationToken.None);
    });
}
