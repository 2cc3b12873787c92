using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>A database in a temporary folder, with enrolled devices; deleted at the end.</summary>
sealed class PreparedVault : IDisposable
{
    const int AtOnce = 10_000;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-ingest-");

    /// <summary>The database file.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "node.db");

    /// <summary>The name and the secret of a device, by its number from 0.</summary>
    public static (string Name, string Secret) Credential(int device) => (Name(device), $"secret-of-{Name(device)}-in-base64url-12345");

    public static string Topic(int device) => $"civicsense/v1/{Name(device)}/readings";

    static string Name(int device) => FormattableString.Invariant($"d{device:D6}");

    /// <summary>Enrols devices, four to a household, and gives each a contribution in <paramref name="window"/>.</summary>
    public async Task EnrolAsync(int devices, HourWindow window, CancellationToken cancellationToken)
    {
        await using var database = Open();
        for (var first = 0; first < devices; first += AtOnce)
        {
            var enrolled = await database.Vault.EnrolAsync(
                [.. Enumerable.Range(first, Math.Min(AtOnce, devices - first)).Select(Request)], cancellationToken);
            Contribution[] contributions =
                [.. enrolled.Select(
                    device => new Contribution(device.Id, Quantity.Pm25.Ordinal, window, 1, 7.4, window.Start.ToUnixTimeMilliseconds()))];
            await database.Vault.CommitAsync(contributions, cancellationToken);
        }
    }

    /// <summary>The readings in all contributions.</summary>
    public async Task<long> CountReadingsAsync()
    {
        await using var database = Open();
        var contributions = await database.Vault.ReadContributionsAsync(CancellationToken.None);
        return contributions.Sum(contribution => (long)contribution.Count);
    }

    public void Dispose() => folder.Delete(recursive: true);

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(new SqliteOptions { Path = Path }, TimeProvider.System, NullLogger.Instance);

    static EnrolmentRequest Request(int device)
    {
        var (name, secret) = Credential(device);
        var place = Area.FromPosition(60.17, 24.94);
        return new EnrolmentRequest(
            FormattableString.Invariant($"household {device / 4}"), name, place,
            DeviceSecret.Hash(System.Text.Encoding.ASCII.GetBytes(secret)));
    }
}
