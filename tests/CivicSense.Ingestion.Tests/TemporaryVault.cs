using CivicSense.Commons;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Ingestion.Tests;

/// <summary>A real vault on disk, in a folder of its own that goes with it, with some devices enrolled.</summary>
sealed class TemporaryVault : IAsyncDisposable
{
    static readonly Area Place = Area.FromPosition(57.15, -2.1);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-ingestion-");
    SqliteNodeDatabase database;

    TemporaryVault() => database = Open();

    public IVault Vault => database.Vault;

    public IReadOnlyList<Device> Devices { get; private set; } = [];

    public static string SecretOf(int device) => $"secret-{device}";

    public static async Task<TemporaryVault> CreateAsync(int devices = 4)
    {
        var vault = new TemporaryVault();
        vault.Devices = await vault.Vault.EnrolAsync(
            [.. Enumerable.Range(0, devices).Select(i => new EnrolmentRequest($"owner {i}", $"device-{i}", Place, HashOfSecret(i)))],
            CancellationToken.None);
        return vault;
    }

    /// <summary>Enrols one more.</summary>
    public async Task EnrolAsync(string owner, string device, int secret) =>
        await Vault.EnrolAsync([new EnrolmentRequest(owner, device, Place, HashOfSecret(secret))], CancellationToken.None);

    /// <summary>Gives a device another secret.</summary>
    public async Task ReplaceSecretAsync(string device, int secret) =>
        Assert.True(await Vault.SetSecretAsync(device, HashOfSecret(secret), CancellationToken.None));

    /// <summary>Releases everything through a window, as another process would.</summary>
    public async Task ReleaseAsync(HourWindow through)
    {
        await using var release = await database.Releases.BeginAsync(CancellationToken.None);
        await release.CompleteWindowsAsync(through, CancellationToken.None);
        await release.CommitAsync(CancellationToken.None);
    }

    public async Task RestartAsync()
    {
        await database.DisposeAsync();
        database = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.FullName, "node.db") }, TimeProvider.System, NullLogger.Instance);

    static byte[] HashOfSecret(int device) => DeviceSecret.Hash(System.Text.Encoding.UTF8.GetBytes(SecretOf(device)));
}
