using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>The measured server: a process of its own on a processor of its own.</summary>
sealed class ServerProcess : IDisposable
{
    static readonly string[] MosquittoPrograms = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"];

    readonly Process process;

    ServerProcess(Process process, string name, int port) => (this.process, Name, Port) = (process, name, port);

    public string Name { get; }

    public int Port { get; }

    public int Id => process.Id;

    /// <summary>Starts the node's ingestion.</summary>
    /// <param name="database">The database file.</param>
    /// <param name="clockShift">What the node adds to the time.</param>
    /// <param name="processor">Where it runs.</param>
    /// <param name="broker">A broker that it takes readings from, too; null for none.</param>
    public static async Task<ServerProcess> StartNodeAsync(
        string database, TimeSpan clockShift, int processor, ServerProcess? broker = null)
    {
        // The test host's own executable is not this program's.
        string[] program = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
            ? [path] : [Environment.ProcessPath!, typeof(ServerProcess).Assembly.Location];
        var shift = ((long)clockShift.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        string[] from = broker is null ? [] : [broker.Port.ToString(CultureInfo.InvariantCulture)];
        var started = Start(processor, [.. program, IngestNode.Argument, database, shift, .. from]);
        var port = await started.StandardOutput.ReadLineAsync();
        return new ServerProcess(
            started, "civicsense",
            int.Parse(port ?? throw new IngestException("The node's process did not start."), CultureInfo.InvariantCulture));
    }

    /// <summary>Starts Eclipse Mosquitto, which acknowledges from memory; null if it is not installed.</summary>
    /// <remarks>It may keep a million messages for a subscriber, so that one which falls behind for a while loses nothing.</remarks>
    public static async Task<ServerProcess?> StartMosquittoAsync(string folder, int processor)
    {
        var program = MosquittoPrograms.FirstOrDefault(File.Exists);
        if (program is null)
            return null;
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        var configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(
            configuration, FormattableString.Invariant(
                $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\nmax_queued_messages 1000000\n"));
        var server = new ServerProcess(Start(processor, [program, "-c", configuration]), "mosquitto", port);
        await server.AcceptsAsync();
        return server;
    }

    /// <summary>Asks the node about itself.</summary>
    public async Task<NodeReport> ReportAsync(bool collect = false)
    {
        await process.StandardInput.WriteLineAsync(collect ? "collect" : "report");
        await process.StandardInput.FlushAsync();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new IngestException("The node's process has ended.");
        return JsonSerializer.Deserialize<NodeReport>(line)!;
    }

    /// <summary>Ends it without giving it time for anything (SIGKILL).</summary>
    public void Kill()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    /// <summary>Lets the node finish what it has.</summary>
    public async Task StopAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }

    static Process Start(int processor, string[] command)
    {
        var start = new ProcessStartInfo("taskset")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (var argument in (string[])["-c", processor.ToString(CultureInfo.InvariantCulture), .. command])
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new IngestException("'taskset' (package util-linux) is needed to keep server and load generator apart.");
        }
    }

    async Task AcceptsAsync()
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
        throw new IngestException($"{Name} did not start.");
    }
}
