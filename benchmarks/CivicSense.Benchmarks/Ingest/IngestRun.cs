using System.Diagnostics;
using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>The kinds of load, and what is measured under each.</summary>
/// <remarks>The calling thread becomes the load generator and stays on <see cref="LoadProcessor"/>.</remarks>
sealed class IngestRun(TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken)
{
    const int LoadProcessor = 0;
    const int ServerProcessor = 1;

    const string Mosquitto = "mosquitto";
    const string MosquittoBeforeNode = "mosquitto+civicsense";

    /// <summary>How much memory may have grown over the second half of a soak.</summary>
    const double GrowthLimit = 1.1;

    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(120);

    // Readings of the first minutes of the hour, which the node's clock has left behind by far.
    readonly HourWindow window = HourWindow.Containing(TimeProvider.System.GetUtcNow());

    public List<Measurement> Rows { get; } = [];

    /// <summary>Whether a limit that was to be held was not.</summary>
    public bool HasFailed { get; private set; }

    long FirstTime => window.Start.ToUnixTimeMilliseconds() + 1_000;

    TimeSpan ClockShift => window.Start + IngestNode.IntoHour - TimeProvider.System.GetUtcNow();

    /// <summary>As much as the clients' windows allow, or a fixed rate; for the node and for others.</summary>
    public async Task ThroughputAsync(Shape shape, int qualityOfService, double rate, IReadOnlyList<string> peers)
    {
        var label = rate > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{shape.Connections} connections, {rate:N0}/s, QoS {qualityOfService}")
            : $"{shape}, QoS {qualityOfService}";
        LoadConnection[] Clients() => Connections(shape, qualityOfService, rate / shape.Connections, device => device);

        await MeasureNodeAsync(label, shape.Connections, Clients(), qualityOfService);
        foreach (var peer in peers)
            await MeasurePeerAsync(peer, label, shape, rate, Clients(), qualityOfService);
    }

    /// <summary>Mosquitto by itself, or with the node as its subscriber on the same processor.</summary>
    async Task MeasurePeerAsync(
        string peer, string label, Shape shape, double rate, LoadConnection[] clients, int qualityOfService)
    {
        if (peer is not (Mosquitto or MosquittoBeforeNode))
            throw new IngestException($"'{peer}' is not known; known are {Mosquitto} and {MosquittoBeforeNode}.");
        if (peer == MosquittoBeforeNode && rate == 0)
        {
            throw new IngestException(
                $"{MosquittoBeforeNode} needs --rate: Mosquitto acknowledges before the node has read, and would only fill its queue.");
        }
        using var vault = new PreparedVault();
        using var server = await ServerProcess.StartMosquittoAsync(System.IO.Path.GetDirectoryName(vault.Path)!, ServerProcessor);
        if (server is null)
        {
            Say("mosquitto is not installed; left out.");
            return;
        }
        using var load = new LoadGenerator(server.Port, clients, PreparedVault.Credential, qualityOfService);
        if (peer == Mosquitto)
        {
            Rows.Add(Measure(server, label + ", from memory", load, qualityOfService));
            return;
        }
        await vault.EnrolAsync(shape.Connections, window, cancellationToken);
        using var node = await ServerProcess.StartNodeAsync(vault.Path, ClockShift, ServerProcessor, server);
        var row = Measure(server, label + ", read by the node", load, qualityOfService, reader: node);
        // Mosquitto has acknowledged before the node has read: its times are not those of the way to the disk.
        Rows.Add(row with { Server = peer, P50 = null, P99 = null, P999 = null });
    }

    /// <summary>Cost of a message with so many devices registered; the connected ones are spread over them.</summary>
    public Task ScaleAsync(Shape shape, int devices)
    {
        var step = Math.Max(1, devices / shape.Connections);
        var label = string.Create(CultureInfo.InvariantCulture, $"{shape}, {devices:N0} devices");
        return MeasureNodeAsync(label, devices, Connections(shape, 1, 0, connection => connection * step), 1, step);
    }

    /// <summary>The others' acknowledgement times beside one that floods the node.</summary>
    public Task NeighbourAsync(bool isLoud)
    {
        var clients = Connections(new Shape(100, 64), 1, pace: 10, device => device);
        if (isLoud)
        {
            var template = new PublishTemplate(PreparedVault.Topic(clients.Length), 1, FirstTime);
            clients = [.. clients, new LoadConnection(template, window: 1024) { IsMeasured = false }];
        }
        return MeasureNodeAsync(isLoud ? "100 of 10/s beside one at full speed" : "100 of 10/s alone", 101, clients, 1);
    }

    /// <summary>Memory of connections that do nothing.</summary>
    public async Task IdleAsync(int connections)
    {
        using var vault = new PreparedVault();
        await vault.EnrolAsync(connections, window, cancellationToken);
        using var server = await ServerProcess.StartNodeAsync(vault.Path, ClockShift, ServerProcessor);
        // The first connections pay for what is made once.
        using (var first =
            new LoadGenerator(server.Port, Connections(new Shape(100, 1), 1, 0, device => device), PreparedVault.Credential, 1))
            first.Open(null, ConnectPatience, cancellationToken);
        await server.ReportAsync(collect: true);
        var before = LinuxProcess.ResidentBytes(server.Id);
        using var load = new LoadGenerator(
            server.Port, Connections(new Shape(connections, 1), 1, 0, device => device), PreparedVault.Credential, 1);
        load.Open(null, ConnectPatience, cancellationToken);
        await server.ReportAsync(collect: true);
        var after = LinuxProcess.ResidentBytes(server.Id);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{load.Opened:N0} idle connections: {(after - before) / (double)connections:N0} bytes each, {(after - before) / 1e3 / connections:0.0} MB a thousand"));
        Rows.Add(new Measurement(
            server.Name, string.Create(CultureInfo.InvariantCulture, $"{connections:N0} idle"), null, null, null, null, null, null,
            after, null));
    }

    /// <summary>Many connections at once: after a power cut everybody comes back.</summary>
    public async Task StormAsync(int connections, int perSecond)
    {
        using var vault = new PreparedVault();
        await vault.EnrolAsync(connections, window, cancellationToken);
        using var server = await ServerProcess.StartNodeAsync(vault.Path, ClockShift, ServerProcessor);
        Kernel.Pin(LoadProcessor);
        using var load = new LoadGenerator(
            server.Port, Connections(new Shape(connections, 1), 1, 0, device => device), PreparedVault.Credential, 1);
        var (start, processor) = (Stopwatch.GetTimestamp(), LinuxProcess.ProcessorSeconds(server.Id));
        load.Open(perSecond, ConnectPatience, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        HasFailed |= load.Opened < connections;
        Say(string.Create(CultureInfo.InvariantCulture, $"{load.Opened:N0} of {connections:N0} connections accepted in {elapsed:0.0} s"));
        var used = LinuxProcess.ProcessorSeconds(server.Id) - processor;
        Rows.Add(new Measurement(
            server.Name, "CONNECT, " + perSecond.ToString("N0", CultureInfo.InvariantCulture) + "/s", load.Opened / elapsed,
            Measurement.Milliseconds(load.Opening, 50), Measurement.Milliseconds(load.Opening, 99),
            Measurement.Milliseconds(load.Opening, 99.9),
            used * 1e6 / connections, null, LinuxProcess.ResidentBytes(server.Id), null));
    }

    /// <summary>A long run at a fixed rate; memory and threads must not grow.</summary>
    public async Task SoakAsync(Shape shape, double rate)
    {
        using var vault = new PreparedVault();
        await vault.EnrolAsync(shape.Connections, window, cancellationToken);
        var shift = ClockShift;
        using var server = await ServerProcess.StartNodeAsync(vault.Path, shift, ServerProcessor);
        var load = new LoadGenerator(
            server.Port, Connections(shape with { Window = 1024 }, 1, rate / shape.Connections, device => device),
            PreparedVault.Credential, 1);
        var samples = new List<(long Resident, int Threads)>();
        var next = Stopwatch.GetTimestamp();
        var row = Measure(server, string.Create(CultureInfo.InvariantCulture, $"soak, {rate:N0}/s"), load, 1, () =>
        {
            if (Stopwatch.GetTimestamp() < next)
                return;
            next += Stopwatch.Frequency * 30;
            // A soak outlasts the hour in which it begins: its readings keep to the node's time.
            load.AtLeast((TimeProvider.System.GetUtcNow() + shift).ToUnixTimeMilliseconds());
            samples.Add((LinuxProcess.ResidentBytes(server.Id), LinuxProcess.Threads(server.Id)));
            Say(string.Create(CultureInfo.InvariantCulture, $"resident {samples[^1].Resident / 1e6:0} MB, {samples[^1].Threads} threads"));
        });
        load.Dispose();
        Rows.Add(await SettleAsync(vault, server, row, shape.Connections, load));
        if (samples.Count >= 4)
        {
            var middle = samples[samples.Count / 2];
            HasFailed |= samples[^1].Resident > GrowthLimit * middle.Resident || samples[^1].Threads > middle.Threads + 2;
        }
    }

    async Task MeasureNodeAsync(string label, int devices, LoadConnection[] clients, int qualityOfService, int step = 1)
    {
        using var vault = new PreparedVault();
        await vault.EnrolAsync(devices, window, cancellationToken);
        using var server = await ServerProcess.StartNodeAsync(vault.Path, ClockShift, ServerProcessor);
        using var load = new LoadGenerator(server.Port, clients, number => PreparedVault.Credential(number * step), qualityOfService);
        var row = Measure(server, label, load, qualityOfService);
        Rows.Add(await SettleAsync(vault, server, row, devices, load));
    }

    /// <summary>
    /// Everything between the first connection and the last acknowledgement. Does not yield: the thread is the generator.
    /// </summary>
    /// <param name="reader">A node that reads from the server; then what has reached it is counted. Null for none.</param>
    Measurement Measure(
        ServerProcess server, string label, LoadGenerator load, int qualityOfService, Action? everyTurn = null,
        ServerProcess? reader = null)
    {
        Say($"{server.Name}: {label}");
        Kernel.Pin(LoadProcessor);
        load.Open(null, ConnectPatience, cancellationToken);
        Publish(load, warmUp, everyTurn);
        load.Latency.Reset();

        var node = reader ?? (server.Name == "civicsense" ? server : null);
        double Processor() => LinuxProcess.ProcessorSeconds(server.Id) + (reader is null ? 0 : LinuxProcess.ProcessorSeconds(reader.Id));
        var (sent, acknowledged, start) = (load.Sent, load.Acknowledged, Stopwatch.GetTimestamp());
        var report = node?.ReportAsync().GetAwaiter().GetResult();
        var processor = Processor();
        Publish(load, duration, everyTurn);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        processor = Processor() - processor;
        var end = node?.ReportAsync().GetAwaiter().GetResult();
        // At QoS 0 only the receiver can tell; where it does not, what was sent has to do.
        var messages = qualityOfService > 0 && reader is null
            ? load.Acknowledged - acknowledged
            : end is null ? load.Sent - sent : end.Messages - report!.Messages;
        return new Measurement(
            server.Name, label, messages / seconds,
            Measurement.Milliseconds(load.Latency, 50), Measurement.Milliseconds(load.Latency, 99),
            Measurement.Milliseconds(load.Latency, 99.9),
            processor * 1e6 / messages, end is null ? null : (end.AllocatedBytes - report!.AllocatedBytes) / (double)messages,
            LinuxProcess.ResidentBytes(server.Id), null);
    }

    void Publish(LoadGenerator load, TimeSpan time, Action? everyTurn)
    {
        var start = Stopwatch.GetTimestamp();
        load.Publish(() =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (load.Ended > 0)
                throw new IngestException($"The server has ended {load.Ended} connections.");
            everyTurn?.Invoke();
            return Stopwatch.GetElapsedTime(start) >= time;
        });
    }

    /// <summary>
    /// Ends the node and compares its database with what it acknowledged. At QoS 1 the node is killed amid its work: what it has
    /// acknowledged must be there all the same.
    /// </summary>
    async Task<Measurement> SettleAsync(PreparedVault vault, ServerProcess server, Measurement row, int devices, LoadGenerator load)
    {
        long promised;
        if (row.P50 is null)
        {
            load.Drain(TimeSpan.FromSeconds(20));
            promised = load.Sent;
            await AllArrivedAsync(server, promised);
            await server.StopAsync();
        }
        else
        {
            KillAmidWork(server, load);
            load.Drain(TimeSpan.FromSeconds(3));
            promised = load.Acknowledged;
        }
        if (load.OutOfOrder > 0)
            throw new IngestException($"{load.OutOfOrder} acknowledgements came out of order.");
        var counted = await vault.CountReadingsAsync() - devices;
        Say(string.Create(CultureInfo.InvariantCulture, $"{row.Rate:N0}/s; {promised:N0} promised, {counted:N0} in the database"));
        return row with { Lost = Math.Max(0, promised - counted) };
    }

    /// <summary>At QoS 0 nobody says what has arrived; the last messages lie in the kernel's buffers for a while.</summary>
    static async Task AllArrivedAsync(ServerProcess server, long sent)
    {
        for (var (seen, standstill) = (-1L, 0); standstill < 10; standstill++)
        {
            var messages = (await server.ReportAsync()).Messages;
            if (messages >= sent)
                return;
            if (messages > seen)
                standstill = 0;
            seen = messages;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    static void KillAmidWork(ServerProcess server, LoadGenerator load)
    {
        var start = Stopwatch.GetTimestamp();
        load.Publish(() =>
        {
            if (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(200))
                return false;
            server.Kill();
            return true;
        });
    }

    LoadConnection[] Connections(Shape shape, int qualityOfService, double pace, Func<int, int> device)
    {
        // Paced clients do not wait for acknowledgements, or their latency would leave out what they waited for.
        var inFlight = pace > 0 ? 1024 : shape.Window;
        return [.. Enumerable.Range(0, shape.Connections).Select(number => new LoadConnection(
            new PublishTemplate(PreparedVault.Topic(device(number)), qualityOfService, FirstTime), inFlight) { Pace = pace })];
    }

    static void Say(string line) => Console.Error.WriteLine($"ingest: {line}");
}
