using System.Globalization;
using CivicSense.Commons;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Release.Tests;

/// <summary>The release side of a node: a real database and fence in a folder of their own, and a clock that the test moves.</summary>
sealed class TestNode : IAsyncDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-release-");
    int enrolled;

    public TestNode(DateTimeOffset now, ReleaseOptions? options = null)
    {
        Clock = new ManualTimeProvider(now);
        Options = options ?? new ReleaseOptions { Rho = 1 };
        Subscriber = new RecordingSubscriber();
        Database = Open();
        Store = new FailingStore(Database.Releases);
    }

    public ManualTimeProvider Clock { get; }

    public ReleaseOptions Options { get; set; }

    public SqliteNodeDatabase Database { get; private set; }

    public FailingStore Store { get; private set; }

    public RecordingGate Gate { get; } = new();

    public RecordingSubscriber Subscriber { get; }

    public CapturedLog Log { get; } = new();

    public IPublicBaseline Baseline { get; set; } = new PriorBaseline();

    public ReleaseCycle Cycle { get; private set; } = null!;

    public string DatabasePath => Path.Combine(folder.FullName, "node.db");

    public string FenceFolder => Directory.CreateDirectory(Path.Combine(folder.FullName, "fence")).FullName;

    public string FencePath => Path.Combine(FenceFolder, "fence.json");

    /// <summary>What the fence file says at this moment.</summary>
    public FenceRecord Fence => FenceRecord.Read(File.ReadAllText(FencePath));

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Enrols one device for each of some new households.</summary>
    public async Task<IReadOnlyList<Device>> EnrolAsync(int owners, Area? place = null) =>
        await Database.Vault.EnrolAsync([.. Enumerable.Range(0, owners).Select(_ => Request(place ?? Enrolments.Place))], Cancel);

    public async Task ContributeAsync(Device device, HourWindow window, double value = 17, Quantity? quantity = null) =>
        await Database.Vault.CommitAsync(
            new[] { new Contribution(device.Id, (quantity ?? Quantity.Pm25).Ordinal, window, 1, value, 1) }, Cancel);

    public async Task StartAsync()
    {
        Cycle = new ReleaseCycle(Store, Gate, Baseline, Subscriber, ReleaseFence.Open(FencePath), Options, Clock, Log);
        await Cycle.StartAsync(Cancel);
    }

    /// <summary>Ends the process, does something to its files, and opens the database again; <see cref="StartAsync"/> goes on.</summary>
    public async Task ReopenAsync(Action? meanwhile = null)
    {
        await Database.DisposeAsync();
        meanwhile?.Invoke();
        Database = Open();
        Store = new FailingStore(Database.Releases);
    }

    /// <summary>Lets time pass in steps of ten minutes with everything due released at each, as the node does each second.</summary>
    public async Task AdvanceToAsync(DateTimeOffset time)
    {
        while (Clock.Now < time)
        {
            var next = Clock.Now.AddMinutes(10 - Clock.Now.Minute % 10);
            Clock.Now = next < time ? next : time;
            await Cycle.ReleaseDueAsync(Cancel);
        }
    }

    public async Task<IReadOnlyList<NoisyMeasurement>> MeasurementsAsync() =>
        await Database.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel);

    public async Task<IReadOnlyList<HourWindow>> ReleasedWindowsAsync() =>
        [.. (await MeasurementsAsync()).Select(value => value.Window).Distinct()];

    public async Task<LedgerEntry[]> LedgerAsync() => [.. await Database.Commons.ReadLedgerAsync(0, int.MaxValue, Cancel)];

    public async Task<IReadOnlyList<Contribution>> ContributionsAsync() => await Database.Vault.ReadContributionsAsync(Cancel);

    public async Task<LedgerVerdict> VerifyAsync() => await new LedgerVerifier(Database.Commons).VerifyAsync(Cancel);

    /// <summary>What the owners have left of a day.</summary>
    public async Task<SortedDictionary<int, long>> BudgetsAsync(PrivacyDay day)
    {
        await using var transaction = await Database.Releases.BeginAsync(Cancel);
        return new(new Dictionary<int, long>(await transaction.ReadBudgetsAsync(day, Cancel)));
    }

    /// <summary>Puts a folder where the fence must write, which cannot be got past.</summary>
    public void BlockFence() => Directory.CreateDirectory(FencePath + ".new");

    public void UnblockFence() => Directory.Delete(FencePath + ".new");

    /// <summary>Lets the subscriber begin as one does in a new process: with what the commons hold.</summary>
    public async Task RestartSubscriberAsync()
    {
        Subscriber.Windows.Clear();
        Subscriber.Windows.AddRange(await ReleasedWindowsAsync());
        Subscriber.Days.Clear();
        Subscriber.Days.AddRange((await LedgerAsync())
            .Where(entry => entry.Content.Kind == LedgerEntryKind.Activity).Select(entry => entry.Content.Day));
    }

    /// <summary>Checks that the ledger is whole and that every key of every released window has exactly one value.</summary>
    public async Task AssertWholeAsync()
    {
        Assert.Empty((await VerifyAsync()).Problems);
        var windows = (await LedgerAsync()).Where(entry => entry.Content.Kind == LedgerEntryKind.Window).ToArray();
        Assert.Equal(windows.Length, windows.Select(entry => entry.Content.Window).Distinct().Count());
        Assert.Equal(windows.Sum(entry => entry.Content.Keys), (await MeasurementsAsync()).Count);
    }

    /// <summary>Runs one statement past everything that guards the database; answers with its first number.</summary>
    public long Execute(string sql)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = DatabasePath, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statement is the test's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar() ?? 0L, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        folder.Delete(recursive: true);
    }

    EnrolmentRequest Request(Area place)
    {
        enrolled++;
        var number = enrolled.ToString(CultureInfo.InvariantCulture);
        return new("household-" + number, "balcony-" + number, place, new byte[32]);
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(new SqliteOptions { Path = DatabasePath }, Clock, NullLogger.Instance);
}

/// <summary>The constants that a node without any release predicts.</summary>
sealed class PriorBaseline : IPublicBaseline
{
    public ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
    {
        for (var key = 0; key < plan.KeyCount; key++)
            baselines[key] = plan.Quantities[key % plan.Quantities.Length].Quantity.PriorMean;
    }
}

/// <summary>A gate that has nothing to wait for.</summary>
sealed class RecordingGate : IWindowGate
{
    public List<HourWindow> Closed { get; } = [];

    /// <summary>How many ingest processes each window is closed without.</summary>
    public int Absent { get; set; }

    public ValueTask<int> CloseAsync(HourWindow through, CancellationToken cancellationToken)
    {
        Closed.Add(through);
        return new(Absent);
    }
}

/// <summary>Keeps what it is told.</summary>
sealed class RecordingSubscriber : IReleaseSubscriber
{
    public List<HourWindow> Windows { get; } = [];

    public List<PrivacyDay> Days { get; } = [];

    public Exception? Failure { get; set; }

    public ValueTask WindowReleasedAsync(
        ReleasePlan plan, HourWindow window, IReadOnlyList<NoisyMeasurement> measurements, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        Windows.Add(window);
        return ValueTask.CompletedTask;
    }

    public ValueTask DayReleasedAsync(ReleasePlan plan, IReadOnlyList<NoisyActivity> activity, CancellationToken cancellationToken)
    {
        Days.Add(plan.Day);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Keeps every line that is logged.</summary>
sealed class CapturedLog : ILogger<ReleaseCycle>, ILogger<ReleaseLeadership>
{
    public List<(LogLevel Level, string Message)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, formatter(state, exception) + exception));
}
