using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CivicSense.Benchmarks.Ingest;

namespace CivicSense.Benchmarks.Serve;

/// <summary>The node that is asked: the real program as a process of its own, on PostgreSQL in the role <c>open-data</c>.</summary>
sealed class ServedNode : IDisposable
{
    readonly Process process;

    ServedNode(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public int ProcessId => process.Id;

    public double ProcessorSeconds => LinuxProcess.ProcessorSeconds(process.Id);

    public static async Task<ServedNode> StartAsync(
        string program, string folder, string? postgres, int requestsPerSecond, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var settings = new Dictionary<string, object>
        {
            ["data"] = folder,
            ["http"] = new { address = "127.0.0.1", port, requestsPerSecond },
        };
        string[] role = [];
        if (postgres is null)
        {
            settings["mqtt"] = new { address = "127.0.0.1", port = FreePort() };
            // Nothing reports, so the time of events stands still, and the archive stays as it is.
            settings["clock"] = "event";
        }
        else
        {
            settings["postgres"] = new { publicConnection = postgres };
            role = ["--role", "open-data"];
        }
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "civicsense.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(settings), cancellationToken);
        var started = Process.Start(new ProcessStartInfo(program, ["run", "--config", file, .. role]) { UseShellExecute = false })!;
        var node = new ServedNode(started, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
        try
        {
            await node.AnswersAsync(cancellationToken);
        }
        catch
        {
            node.Dispose();
            throw;
        }
        return node;
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    async Task AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/healthz", UriKind.Relative), cancellationToken);
                return;
            }
            // Taking up a year of noisy sums takes a minute and more.
            catch (HttpRequestException) when (attempt < 1500 && !process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
