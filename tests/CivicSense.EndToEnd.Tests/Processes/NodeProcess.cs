using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>The built program as a process of its own: its output is kept, and it never outlives the test.</summary>
sealed partial class NodeProcess : IAsyncDisposable
{
    /// <summary>Far more than anything here takes on an idle machine, because the machine may not be idle.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process process;
    readonly StringBuilder output = new();
    readonly StringBuilder errors = new();

    NodeProcess(Process process) => this.process = process;

    /// <summary>The program beside this assembly: the project reference has copied it there.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "civicsense.dll");

    public int HttpPort { get; private set; }

    public int MqttPort { get; private set; }

    /// <summary>Where devices connect over TLS; 0 where there is no such endpoint.</summary>
    public int MqttTlsPort => SecurePortPattern().Match(Errors) is { Success: true } match
        ? int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture)
        : 0;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}/"));

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Output => Read(output);

    public string Errors => Read(errors);

    /// <summary>Starts <c>civicsense</c> with these arguments.</summary>
    public static NodeProcess Start(params IEnumerable<string> arguments) => Start(AppContext.BaseDirectory, arguments);

    /// <summary>Starts <c>civicsense</c> in a folder of its own.</summary>
    public static NodeProcess Start(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        // Whatever address the surroundings prefer for web servers is not meant for this one.
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var node = new NodeProcess(new Process { StartInfo = start });
        node.process.OutputDataReceived += (_, line) => Keep(node.output, line.Data);
        node.process.ErrorDataReceived += (_, line) => Keep(node.errors, line.Data);
        node.process.Start();
        node.process.BeginOutputReadLine();
        node.process.BeginErrorReadLine();
        node.process.StandardInput.Close();
        return node;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        await using var node = Start(arguments);
        return await node.ExitAsync();
    }

    /// <summary>Starts <c>civicsense run</c> and waits until it answers.</summary>
    public static async Task<NodeProcess> RunNodeAsync(string configuration, params string[] arguments)
    {
        var node = Start(["run", "--config", configuration, .. arguments]);
        try
        {
            await node.ReadyAsync();
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
        return node;
    }

    /// <summary>Waits until the node has said where it listens, and answers there.</summary>
    public async Task ReadyAsync()
    {
        var ports = await WaitForAsync(
            () => PortsPattern().Match(Errors) is { Success: true } match ? match : null, "says where it listens");
        HttpPort = int.Parse(ports.Groups["http"].ValueSpan, CultureInfo.InvariantCulture);
        MqttPort = ports.Groups["mqtt"] is { Success: true } mqtt ? int.Parse(mqtt.ValueSpan, CultureInfo.InvariantCulture) : 0;
        using var client = new HttpClient();
        await WaitForAsync(async () => await AnswersAsync(client) ? this : null, "answers /healthz");
    }

    /// <summary>Waits until the node has logged something so many times.</summary>
    public async Task SaysAsync(string words, int times = 1) =>
        await WaitForAsync(() => Errors.Split(words).Length > times ? words : null, $"says '{words}'");

    async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Address, "healthz"), TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    Task<T> WaitForAsync<T>(Func<T?> look, string what) where T : class => WaitForAsync(() => Task.FromResult(look()), what);

    async Task<T> WaitForAsync<T>(Func<Task<T?>> look, string what) where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await look() is { } found) return found;
            if (process.HasExited)
                throw new InvalidOperationException($"The node ended (exit code {process.ExitCode}) before it {what}.\n{Errors}");
            if (watch.Elapsed > Patience) throw new TimeoutException($"Within {Patience} the node never {what}.\n{Errors}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends the process as a power switch would: nothing of it gets to run again.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a signal, by its name without SIG.</summary>
    public void Signal(string name)
    {
        // The shell's own kill: there may be no other on the machine.
        using var shell = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{name} {process.Id}")]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<CommandResult> ExitAsync(TimeSpan? within = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(within ?? 2 * Patience);
        try
        {
            // Also waits for the rest of the output.
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The process has not ended in time.\n{Output}\n{Errors}", exception);
        }
        return new CommandResult(process.ExitCode, Output, Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process.Dispose();
    }

    static void Keep(StringBuilder kept, string? line)
    {
        if (line is null) return;
        lock (kept) kept.Append(line).Append('\n');
    }

    static string Read(StringBuilder kept)
    {
        lock (kept) return kept.ToString();
    }

    [GeneratedRegex(@"Devices \(MQTT over TLS\): port (?<port>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex SecurePortPattern();

    // As `run` logs it.
    [GeneratedRegex(
        @"(Pages and API|Health|Health and own pages): http://localhost:(?<http>\d+)/(  Devices \(MQTT\): (port (?<mqtt>\d+)|at the broker only))?\r?\n",
        RegexOptions.ExplicitCapture)]
    private static partial Regex PortsPattern();
}
