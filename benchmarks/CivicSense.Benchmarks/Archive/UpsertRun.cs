using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Every device changes two contributions of its open hour again and again, batch by batch, each batch durable.</summary>
/// <remarks>Devices do not report in the order of their numbers. What one device reports comes together, or, as the worst case, scattered,
/// too.</remarks>
sealed class UpsertRun(IVault vault, int devices, TextWriter output)
{
    const int Rounds = 5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var place = Area.FromPosition(60.17, 24.94);
        var enrolled = await vault.EnrolAsync(
        [
            .. Enumerable.Range(0, devices).Select(i => new EnrolmentRequest(
                string.Create(CultureInfo.InvariantCulture, $"household {i / 4}"), string.Create(CultureInfo.InvariantCulture, $"d{i:D6}"),
                place, new byte[32])),
        ], cancellationToken);
        var window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        foreach (var batch in (int[])[1_000, 10_000, 100_000])
        {
            foreach (var isScattered in (bool[])[false, true])
            {
                await WriteAsync([.. enrolled], window, batch, isScattered, cancellationToken);
                window = window.Next;
            }
        }
    }

    async Task WriteAsync(Device[] reporting, HourWindow window, int batch, bool isScattered, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var rates = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            random.Shuffle(reporting);
            var rows = reporting.SelectMany(device => (Contribution[])
            [
                new(device.Id, Quantity.Pm25.Ordinal, window, round + 1, round * 7.5, window.Start.ToUnixTimeMilliseconds() + round),
                new(device.Id, Quantity.Laeq.Ordinal, window, round + 1, round * 1e6, window.Start.ToUnixTimeMilliseconds() + round),
            ]).ToArray();
            if (isScattered)
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
            $"upserts, {devices:N0} devices, {batch:N0} a "
            + $"commit, {(isScattered ? "scattered" : "device by device")}: {rates[Rounds / 2]:N0} rows/s "
            + $"(lowest {rates[0]:N0}, highest {rates[^1]:N0})"));
    }
}
