using System.Diagnostics;
using System.Text;

namespace CivicSense.Tests;

/// <summary>How a <see cref="MosquittoBroker"/> is set up.</summary>
sealed record MosquittoSettings
{
    /// <summary>Serves TLS with this certificate and its key instead of plain TCP; see <see cref="TestCertificates"/>.</summary>
    public TestCertificates? Tls { get; init; }

    /// <summary>Asks for a certificate of the same authority and takes its common name as the user name; needs <see cref="Tls"/>.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>Whether sessions and retained messages survive <see cref="MosquittoBroker.StopAsync"/>. Off by default.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Whether each packet is logged, the default. Many thousands of messages are slow that way.</summary>
    public bool LogsPackets { get; init; } = true;

    /// <summary>Further lines of the configuration file, for example <c>receive_maximum 10</c>.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}

/// <summary>
/// A real Eclipse Mosquitto on a port of its own, which it keeps when it is stopped and started again. Anybody may do anything unless the
/// settings say otherwise.
/// </summary>
sealed class MosquittoBroker : IAsyncDisposable
{
    const int Attempts = 5;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/opt/homebrew/sbin"];

    readonly string program;
    readonly MosquittoSettings settings;
    readonly string folder = Directory.CreateTempSubdirectory("mosquitto-").FullName;
    readonly StringBuilder log = new();
    Process? process;
    TaskCompletionSource<bool> started = new();

    MosquittoBroker(string program, MosquittoSettings settings) => (this.program, this.settings) = (program, settings);

    /// <summary>Where it listens, on 127.0.0.1 only.</summary>
    public int Port { get; private set; }

    /// <summary>What it has written since it was made, with one line for each packet.</summary>
    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    /// <summary>Starts one; skips the test where Mosquitto is not installed.</summary>
    public static async Task<MosquittoBroker> StartAsync(MosquittoSettings? settings = null)
    {
        string? found = Folders.Select(folder => Path.Combine(folder, "mosquitto")).FirstOrDefault(File.Exists);
        if (found is null) Assert.Skip("mosquitto is not installed");
        var broker = new MosquittoBroker(found, settings ?? new MosquittoSettings());
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                broker.Port = LoopbackPort.Choose();
                // Another process may have taken the port in between.
                if (await broker.TryStartAsync()) return broker;
                if (attempt == Attempts) throw new InvalidOperationException($"Mosquitto does not start:\n{broker.Log}");
            }
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, on the same port, after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        if (!await TryStartAsync()) throw new InvalidOperationException($"Mosquitto does not start again:\n{Log}");
    }

    /// <summary>Ends it properly and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    async Task<bool> TryStartAsync()
    {
        string configuration = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(configuration, Configuration());
        started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process
        {
            StartInfo = new ProcessStartInfo(program, settings.LogsPackets ? ["-c", configuration, "-v"] : ["-c", configuration])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            },
        };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Task exit = process.WaitForExitAsync();
        await Task.WhenAny(started.Task, exit).WaitAsync(Patience);
        return started.Task.IsCompleted;
    }

    IEnumerable<string> Configuration()
    {
        List<string> lines =
        [
            $"listener {Port} 127.0.0.1", "allow_anonymous true", "log_dest stderr", .. LogTypes(), "sys_interval 0",
            "max_queued_messages 0",
        ];
        // Started as root it would become a user who may not write into this folder; otherwise the line has no effect.
        lines.Add("user root");
        if (settings.IsPersistent) lines.AddRange(["persistence true", $"persistence_location {folder}/"]);
        if (settings.Tls is { } tls)
        {
            TestCertificates.Write(tls.ForServer(), folder, "server");
            File.WriteAllText(Path.Combine(folder, "authority.crt"), tls.Authority.ExportCertificatePem());
            lines.AddRange([$"certfile {folder}/server.crt", $"keyfile {folder}/server.key", $"cafile {folder}/authority.crt"]);
            if (settings.RequireClientCertificate) lines.AddRange(["require_certificate true", "use_identity_as_username true"]);
        }

        return [.. lines, .. settings.Lines];
    }

    IEnumerable<string> LogTypes() => settings.LogsPackets
        ? ["log_type all"]
        : ["log_type error", "log_type warning", "log_type notice", "log_type information"];

    void Keep(string? line)
    {
        if (line is null) return;
        lock (log) log.AppendLine(line);
        // "1700000000: mosquitto version 2.0.11 running" is the last line of a start.
        if (line.EndsWith(" running", StringComparison.Ordinal)) started.TrySetResult(true);
    }

    /// <summary>Ends it properly: it writes its sessions down if they are persistent.</summary>
    public async Task StopAsync()
    {
        if (process is not { HasExited: false } running) return;
        // The shell's own kill: there may be no other on the machine.
        using (var shell = Process.Start("/bin/sh", ["-c", $"kill -TERM {running.Id}"])) await shell.WaitForExitAsync();
        await running.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Ends it as a power switch would: connections are cut, nothing is written down.</summary>
    public async Task KillAsync()
    {
        if (process is not { HasExited: false } running) return;
        running.Kill();
        await running.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
