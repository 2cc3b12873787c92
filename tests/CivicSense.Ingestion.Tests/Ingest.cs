using System.Security.Cryptography.X509Certificates;
using System.Text;
using CivicSense.Commons;
using CivicSense.Mqtt;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Ingestion.Tests;

/// <summary>The room as a node wires it, without the listener before it.</summary>
sealed class Ingest : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    Ingest(IVault vault)
    {
        var acceptance = new AcceptanceTime(Clock, TimeSpan.FromMinutes(10));
        Contributions = new OpenContributions(acceptance, Statistics);
        Commit = new GroupCommit(vault, Contributions, Statistics, NullLogger<GroupCommit>.Instance);
        Gate = new DeviceGate(vault, Contributions, acceptance, Statistics, Commit, new AnonymousReaders(Readers));
    }

    /// <summary>Three anonymous readers, two of them from one address.</summary>
    public static AnonymousReaderOptions Readers { get; } = new() { Maximum = 3, MaximumPerAddress = 2 };

    public ManualClock Clock { get; } = new();

    public IngestionStatistics Statistics { get; } = new();

    public OpenContributions Contributions { get; }

    public GroupCommit Commit { get; }

    public DeviceGate Gate { get; }

    /// <summary>The window that the clock stands in.</summary>
    public HourWindow Window => HourWindow.Containing(Clock.GetUtcNow());

    public static async Task<Ingest> StartAsync(IVault vault)
    {
        var ingest = new Ingest(vault);
        await ingest.Commit.StartAsync(CancellationToken.None);
        return ingest;
    }

    /// <summary>Adds one reading and returns the ticket that its message's acknowledgement waits for.</summary>
    public long Add(int device, double value, long time, Quantity? quantity = null) =>
        Contributions.Add(Contributions.Of(device), [new Reading((quantity ?? Quantity.Pm25).Ordinal, value, time)], Clock.Milliseconds);

    public Task DurableAsync(long ticket) => Commit.WaitAsync(ticket, CancellationToken.None).AsTask().WaitAsync(Patience);

    public Task CloseAsync(HourWindow window) => Commit.CloseAsync(window, CancellationToken.None).AsTask().WaitAsync(Patience);

    public ValueTask<MqttConnectDecision> ConnectAsync(string? userName, string password, X509Certificate2? certificate = null) =>
        Gate.ConnectAsync(
            new MqttConnectRequest("client", userName, Encoding.UTF8.GetBytes(password), MqttProtocolVersion.V5)
            {
                ClientCertificate = certificate,
            },
            CancellationToken.None);

    public ValueTask<IMqttSession?> FindAbsentAsync(string identity) => Gate.FindAbsentAsync(identity, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Commit.StopAsync(CancellationToken.None);
        Commit.Dispose();
    }

    /// <summary>Comes back when a condition holds; a condition that never does fails the test.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
