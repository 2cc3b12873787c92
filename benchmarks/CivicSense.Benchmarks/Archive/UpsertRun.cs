using System.Globalization;
using CivicSense.Commons;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Every device changes two contributions of its open hour again and again, batch by batch, each batch durable.</summary>
sealed class UpsertRun(string path, int devices, TextWriter output)
{
    const int Rounds = 5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var database = SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance);
        var place = Area.FromPosition(60.17, 24.94);
        var enrolled = await database.Vault.EnrolAsync(
        [
            .. Enumerable.Range(0, devices).Select(i => new EnrolmentRequest(
                string.Create(CultureInfo.InvariantCulture, $"household {i / 4}"), string.Create(CultureInfo.InvariantCulture, $"d{i:D6}"), place, new byte[32])),
        ], cancellationToken);
        var window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (var batch in (int[])[1_000, 10_000, 100_000])
        {
            await WriteAsync(database.Vault, enrolled, window, batch, cancellationToken);
            window = window.Next;
        }
    }

    async Task WriteAsync(IVault vault, IReadOnlyList<Device> enrolled, HourWindow window, int batch, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var rates = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var rows = enrolled.SelectMany(device => (Contribution[])
            [
                new(device.Id, Quantity.Pm25.Ordinal, window, round + 1, round * 7.5, window.Start.ToUnixTimeMilliseconds() + round),
                new(device.Id, Quantity.Laeq.Ordinal, window, round + 1, round * 1e6, window.Start.ToUnixTimeMilliseconds() + round),
            ]).ToArray();
            // Devices do not report in the order of their numbers.
            random.Shuffle(rows);
            var began = TimeProvider.System.GetTimestamp();
            for (var first = 0; first < rows.Length; first += batch)
                await vault.CommitAsync(rows.AsMemory(first, Math.Min(batch, rows.Length - first)), cancellationToken);
            // The first round makes the rows; the others change them.
            if (round > 0)
                rates.Add(rows.Length / TimeProvider.System.GetElapsedTime(began).TotalSeconds);
        }
        rates.Sort();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"upserts, {devices:N0} devices, {batch:N0} a commit: {rates[Rounds / 2]:N0} rows/s (lowest {rates[0]:N0}, highest {rates[^1]:N0})"));
    }
}
