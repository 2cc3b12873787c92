using CivicSense.Storage;

namespace CivicSense.Release.Tests;

/// <summary>One of several processes that release from one database, with a fence of its own and a counter that the test moves.</summary>
/// <remarks>A process that the test stops using has been killed: its lease is not renewed, for its counter stands still.</remarks>
sealed class ReleaseProcess : IAsyncDisposable
{
    public ReleaseProcess(PostgresNodeDatabase database, string fencePath, ReleaseOptions options, TimeProvider clock)
    {
        (Database, FencePath) = (database, fencePath);
        Store = new FailingStore(database.Releases);
        Lease = new HeldUpLease(database.ReleaseLease);
        var fence = ReleaseFence.Open(fencePath);
        Leadership = new ReleaseLeadership(
            Lease, database.Commons, fence,
            () => new ReleaseTerm(
                new ReleaseCycle(Store, Gate, new PriorBaseline(), new RecordingSubscriber(), fence, options, clock, Log),
                _ =>
                {
                    Restorations++;
                    return ValueTask.CompletedTask;
                },
                new Nothing()),
            options, Time, Log);
    }

    public PostgresNodeDatabase Database { get; }

    public string FencePath { get; }

    public FailingStore Store { get; }

    public HeldUpLease Lease { get; }

    public ReleaseLeadership Leadership { get; }

    public RecordingGate Gate { get; } = new();

    public CapturedLog Log { get; } = new();

    /// <summary>The machine's counter, which times the renewals.</summary>
    public CivicSense.Tests.ManualTimeProvider Time { get; } = new();

    /// <summary>How many terms have begun.</summary>
    public int Restorations { get; private set; }

    public bool IsLeading => Leadership.IsLeading;

    public FenceRecord Fence => FenceRecord.Read(File.ReadAllText(FencePath));

    public async Task StepAsync() => await Leadership.StepAsync(TestContext.Current.CancellationToken);

    public async Task StopAsync() => await Leadership.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
