using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CivicSense.Benchmarks.Archive;
using CivicSense.Benchmarks.Ingest;

namespace CivicSense.Benchmarks.Serve;

/// <summary>
/// Reads lists to their end (<c>limit=all</c>), alone and beside visitors, and prints how fast they come, what memory the node takes for
/// them, and how long the visitors wait meanwhile.
/// </summary>
sealed class WholeListRun(ArchiveShape shape, int rate, int seconds, TextWriter output)
{
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    readonly Random random = new(1);

    public async Task RunAsync(string program, string folder, CancellationToken cancellationToken)
    {
        await ServedArchive.PrepareFileAsync(folder, shape);
        using var node = await ServedNode.StartAsync(program, folder, postgres: null, 2 * rate, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"SQLite, {shape.Days} days, {shape.AreaCount} areas; "
            + $"visitors ask {rate} times a second for {seconds} s; {LinuxProcess.ProcessorName}"));
        using var load = new HttpLoad(node.Address, rate);

        await VisitAsync(node, load, "nobody reads a whole list", cancellationToken);
        await ReadAloneAsync(node, "ndjson", coding: null, cancellationToken);
        await ReadAloneAsync(node, "csv", coding: "gzip", cancellationToken);
        await ReadAloneAsync(node, "csv", coding: null, cancellationToken);
        foreach (var readers in (int[])[1, 4])
            await VisitWhileReadAsync(node, load, readers, cancellationToken);
    }

    async Task ReadAloneAsync(ServedNode node, string form, string? coding, CancellationToken cancellationToken)
    {
        LinuxProcess.ForgetPeak(node.ProcessId);
        var (resident, processor) = (LinuxProcess.ResidentBytes(node.ProcessId), node.ProcessorSeconds);
        var list = await ReadAsync(node, form, coding, number: 1, cancellationToken);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  {form}, {coding ?? "not compressed"}: {list.Rows:N0} rows, {list.Bytes / 1e6:N0} MB in {list.Seconds:N1} "
            + $"s, {list.Rows / list.Seconds:N0} rows/s; "
            + $"node {(node.ProcessorSeconds - processor) / list.Seconds:P0} of a processor, memory {resident / 1e6:N0} MB before, "
            + $"{LinuxProcess.PeakResidentBytes(node.ProcessId) / 1e6:N0} MB at most; "
            + $"waiting for a processor: {LinuxProcess.LoadAverage()}"));
    }

    async Task VisitWhileReadAsync(ServedNode node, HttpLoad load, int readers, CancellationToken cancellationToken)
    {
        LinuxProcess.ForgetPeak(node.ProcessId);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Enumerable.Range(1, readers)
            .Select(number => Task.Run(() => ReadAgainAsync(node, number, enough.Token), cancellationToken)).ToList();
        await VisitAsync(node, load, string.Create(CultureInfo.InvariantCulture, $"reading whole lists: {readers}"), cancellationToken);
        await enough.CancelAsync();
        var rows = (await Task.WhenAll(reading)).Sum();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"    {rows:N0} rows read meanwhile; memory {LinuxProcess.PeakResidentBytes(node.ProcessId) / 1e6:N0} MB at most"));
    }

    async Task VisitAsync(ServedNode node, HttpLoad load, string beside, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"  {beside}");
        await MeasureAsync("latest of one area", () => new($"/api/v1/estimates/latest?area={AnyArea()}"));
        await MeasureAsync("an area's month of the year", () => new(AnyMonth()));

        async Task MeasureAsync(string what, Func<Asked> ask)
        {
            await load.RunAsync(WarmUp, ask, cancellationToken);
            var (began, processor) = (TimeProvider.System.GetTimestamp(), node.ProcessorSeconds);
            var result = await load.RunAsync(TimeSpan.FromSeconds(seconds), ask, cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"    {what}: p50 {result.Percentile(50):N2} ms, p99 {result.Percentile(99):N2} ms, p99.9 {result.Percentile(99.9):N2} ms; "
                + $"{result.Errors} errors of {result.Count:N0}; node {(node.ProcessorSeconds - processor) / took:P0} of a processor; "
                + $"waiting for one: {LinuxProcess.LoadAverage()}"));
        }
    }

    /// <summary>Reads one list after another until it is enough.</summary>
    /// <returns>How many rows came.</returns>
    async Task<long> ReadAgainAsync(ServedNode node, int number, CancellationToken enough)
    {
        var rows = 0L;
        while (!enough.IsCancellationRequested)
            rows += (await ReadAsync(node, "csv", "gzip", number, enough)).Rows;
        return rows;
    }

    /// <summary>All noisy sums of one quantity, counted and thrown away. Where it is enough before the end, what came until then.</summary>
    async Task<(long Rows, long Bytes, double Seconds)> ReadAsync(
        ServedNode node, string form, string? coding, int number, CancellationToken enough)
    {
        using var client = new HttpMessageInvoker(From(number));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Address, string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/measurements?quantity=pm2_5&from={ArchiveShape.Begin:yyyy-MM-dd}&to={shape.End:yyyy-MM-dd}&limit=all"
            + $"&format={form}")));
        if (coding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        var began = TimeProvider.System.GetTimestamp();
        var (rows, bytes) = (0L, 0L);
        try
        {
            using var answer = await client.SendAsync(request, enough);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync(enough);
            using var counted = new CountingStream(body);
            await using var text = coding is null
                ? (Stream)counted
                : new System.IO.Compression.GZipStream(counted, System.IO.Compression.CompressionMode.Decompress);
            var buffer = new byte[1 << 16];
            for (int read; (read = await text.ReadAsync(buffer, enough)) > 0; bytes = counted.Bytes)
                rows += buffer.AsSpan(0, read).Count((byte)'\n');
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
        }
        return (rows, bytes, TimeProvider.System.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>Connections from an address of the reader's own: one address may not have all places.</summary>
    static SocketsHttpHandler From(int number) => new()
    {
        UseProxy = false, UseCookies = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 1, (byte)number]), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    string AnyArea() => shape.Areas[random.Next(shape.AreaCount)].QuadKey;

    string AnyMonth()
    {
        var start = ArchiveShape.Begin.AddDays(random.Next(shape.Days - 29));
        var quantity = ArchiveShape.Quantities[random.Next(ArchiveShape.Quantities.Count)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/areas/{AnyArea()}/estimates?quantity={quantity.Id}&from={start:yyyy-MM-dd}&to={start.AddDays(30):yyyy-MM-dd}");
    }
}
