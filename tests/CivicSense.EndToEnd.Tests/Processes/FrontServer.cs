using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CivicSense.Tests;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>nginx in front of a node, with the recipe that docs/steward.md gives for it.</summary>
sealed class FrontServer : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestCertificates certificates = new();
    Process? process;

    public FrontServer()
    {
        Program = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : Surroundings.RequireProgram("nginx");
    }

    public int Port { get; } = LoopbackPort.Choose();

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{Port}/"));

    /// <summary>
    /// What it has logged so far. Where the recipe says nothing, requests are logged as by an nginx that is newly installed.
    /// </summary>
    public string Logged => string.Concat(
        ((string[])["access.log", "error.log"]).Select(folder.File).Where(File.Exists).Select(File.ReadAllText));

    string Program { get; }

    /// <summary>A client that trusts the server and comes from an address of this machine.</summary>
    public SocketsHttpHandler Handler(string from = "127.0.0.1") => new()
    {
        SslOptions = { CertificateChainPolicy = certificates.Trust() },
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    /// <summary>Starts the server and waits until it passes requests on.</summary>
    /// <param name="nodePort">Where the node answers.</param>
    /// <param name="replacements">What is different from the recipe, beside names, ports and files.</param>
    public async Task StartAsync(int nodePort, params (string Old, string New)[] replacements)
    {
        TestCertificates.Write(certificates.ForServer(), folder.Path, "server");
        var recipe = Recipe();
        foreach (var (old, replacement) in ((string, string)[])
        [
            ("listen 443 ssl;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{Port} ssl;")),
            ("air.example.org;", "localhost;"),
            ("/etc/letsencrypt/live/air.example.org/fullchain.pem", folder.File("server.crt")),
            ("/etc/letsencrypt/live/air.example.org/privkey.pem", folder.File("server.key")),
            ("http://127.0.0.1:8080;", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{nodePort};")),
            .. replacements,
        ])
        {
            Assert.Contains(old, recipe, StringComparison.Ordinal);
            recipe = recipe.Replace(old, replacement, StringComparison.Ordinal);
        }
        var paths = string.Concat(
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(name => $"{name}_temp_path {folder.File(name)};\n"));
        var configuration = folder.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{folder.File("nginx.pid")}};
            error_log {{folder.File("error.log")}};
            events {}
            http {
            access_log {{folder.File("access.log")}} combined;
            {{paths}}
            {{recipe}}
            }
            """);
        process = Process.Start(new ProcessStartInfo(Program, ["-e", "stderr", "-p", folder.Path, "-c", configuration])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var client = new HttpClient(Handler()) { Timeout = NodeProcess.Patience };
        while (!await AnswersAsync(client)) Assert.False(process.HasExited, process.HasExited ? await errors : "");
    }

    async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Address, "mqtt"), TestContext.Current.CancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
            return false;
        }
    }

    static string Recipe()
    {
        var page = File.ReadAllText(Path.Combine(Surroundings.RequireRepository(), "docs", "steward.md"));
        return page.Split("```nginx\n")[1].Split("```")[0];
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process?.Dispose();
        certificates.Dispose();
        folder.Dispose();
    }
}
