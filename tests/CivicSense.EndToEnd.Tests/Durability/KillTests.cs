using System.Globalization;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>
/// Five households publish with QoS 1 through several hours of event time, five minutes at a time; at chosen steps the node is killed
/// while they do, in half of them just when an hour is being released. After each step every open contribution in the vault must hold
/// exactly what was acknowledged. The last look at an hour is in the step before the one that closes it.
/// </summary>
public sealed class KillTests
{
    const int StepsPerHour = 12;
    static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Lateness = TimeSpan.FromMinutes(10);

    // Two hours before midnight, so that a privacy day ends and another begins in between.
    static readonly DateTimeOffset Start = new(2026, 3, 1, 22, 0, 0, TimeSpan.Zero);

    static int Kills => Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1" ? 100 : 8;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_no_key_released_twice_whatever_moment_it_is_killed()
    {
        var seed = Environment.GetEnvironmentVariable("CIVICSENSE_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Environment.TickCount;
        var at = "before the first step";
        try
        {
            await RunAsync(new Random(seed), moment => at = moment);
        }
        catch (Exception exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"With CIVICSENSE_SEED={seed}, {at}: {exception}");
        }
    }

    static async Task RunAsync(Random random, Action<string> tell)
    {
        using var folder = new TemporaryFolder();
        var configuration = Configuration.Write(
            folder, string.Create(CultureInfo.InvariantCulture, $""" "clock": "event", "eventStart": "{Start:yyyy-MM-ddTHH:mm:ssZ}" """));
        await using var node = new MortalNode(configuration);
        var publishers = new List<PersistentPublisher>();
        for (var i = 0; i < 5; i++)
        {
            publishers.Add(new PersistentPublisher(
                await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"), node.PortAsync));
        }
        await node.StartAsync();

        var hours = Kills / 2 + 1;
        var kills = ChooseSteps(random, hours);
        var seen = new ReleasedSoFar();
        for (var step = 0; step < hours * StepsPerHour; step++)
        {
            var begin = Start + step * Step;
            tell(FormattableString.Invariant($"in step {step} ({begin:HH:mm})"));
            var work = publishers.Select(
                publisher => publisher.PublishAsync(Messages(random, begin), TestContext.Current.CancellationToken)).ToList();
            if (kills.Contains(step))
            {
                var after = TimeSpan.FromMilliseconds(random.NextDouble() * 40);
                TimeSpan? successorAfter = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.NextDouble() * 1000) : null;
                tell(FormattableString.Invariant(
                    $"in step {step} ({begin:HH:mm}), killed after {after}, its successor after {successorAfter}"));
                work.Add(node.KillAsync(after, successorAfter));
            }
            await Task.WhenAll(work);
            await CheckAsync(folder, publishers, begin + Step, seen);
        }

        tell("at the end");
        // One more message, an hour later, closes everything that was published so far.
        var last = Start.AddHours(hours);
        await publishers[0].PublishAsync([new TestMessage(last.AddMinutes(10), 4, 4)], TestContext.Current.CancellationToken);
        await ReleasedAsync(folder, HourWindow.Containing(last.AddHours(-1)), seen);
        node.Process!.Signal("TERM");
        var end = await node.Process.ExitAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        await CheckLedgerAsync(folder, hours);
        var redelivered = publishers.Sum(publisher => publisher.Redelivered);
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{redelivered} messages were sent again."));
        Assert.NotEqual(0, redelivered);
        foreach (var publisher in publishers) await publisher.DisposeAsync();
    }

    /// <summary>Half of the kills fall into steps whose first messages close an hour.</summary>
    static HashSet<int> ChooseSteps(Random random, int hours)
    {
        var closing = Enumerable.Range(1, hours - 1).Select(hour => hour * StepsPerHour + 2).ToArray();
        var others = Enumerable.Range(1, hours * StepsPerHour - 2).Except(closing).ToArray();
        random.Shuffle(others);
        return [.. closing, .. others.Take(Kills - closing.Length)];
    }

    /// <summary>One message every ten seconds. Quarters add up exactly in any order, so sums can be compared without a tolerance.</summary>
    static List<TestMessage> Messages(Random random, DateTimeOffset begin) =>
    [
        .. Enumerable.Range(0, 30).Select(i => new TestMessage(
            begin.AddSeconds(10 * i), random.Next(4, 200) / 4.0, random.Next(-40, 120) / 4.0)),
    ];

    static async Task CheckAsync(
        TemporaryFolder folder, List<PersistentPublisher> publishers, DateTimeOffset now, ReleasedSoFar seen)
    {
        await using var database = Open(folder);
        var devices = await database.Vault.ReadDevicesAsync(TestContext.Current.CancellationToken);
        var stored = (await database.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken))
            .Where(contribution => IsOpen(contribution.Window))
            .ToDictionary(
                contribution => (devices.Single(device => device.Id == contribution.DeviceId).Name, contribution.Quantity,
                    contribution.Window),
                contribution => new Tally(contribution.Count, contribution.Sum, contribution.LastTime));
        var acknowledged = publishers
            .SelectMany(publisher =>
                publisher.Acknowledged.Select(entry => (Key: (publisher.Name, entry.Key.Quantity, entry.Key.Window), entry.Value)))
            .Where(entry => IsOpen(entry.Key.Window))
            .ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.NotEmpty(acknowledged);
        Assert.Equal(acknowledged.OrderBy(Order).ToList(), stored.OrderBy(Order).ToList());
        await seen.LookAsync(database.Commons);

        bool IsOpen(HourWindow window) => window.End + Lateness > now;

        static (long, string, int) Order(KeyValuePair<(string Name, Quantity Quantity, HourWindow Window), Tally> entry) =>
            (entry.Key.Window.Index, entry.Key.Name, entry.Key.Quantity.Ordinal);
    }

    static async Task ReleasedAsync(TemporaryFolder folder, HourWindow last, ReleasedSoFar seen)
    {
        using var limit = new CancellationTokenSource(NodeProcess.Patience);
        await using var database = Open(folder);
        while (true)
        {
            var ledger = await database.Commons.ReadLedgerAsync(0, int.MaxValue, limit.Token);
            if (ledger.Any(entry => entry.Content.Kind == LedgerEntryKind.Window && entry.Content.Window == last)) break;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
        await seen.LookAsync(database.Commons);
    }

    static async Task CheckLedgerAsync(TemporaryFolder folder, int hours)
    {
        await using var database = Open(folder);
        var ledger = await database.Commons.ReadLedgerAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
        // No day was given up, and each hour was released, once.
        Assert.DoesNotContain(ledger, entry => entry.Content.Kind == LedgerEntryKind.Restored);
        Assert.Equal(
            Enumerable.Range(0, hours).Select(hour => (HourWindow?)HourWindow.Containing(Start.AddHours(hour))),
            ledger.Where(entry => entry.Content.Kind == LedgerEntryKind.Window).Select(entry => entry.Content.Window));
        Assert.Equal(
            ledger.Count(entry => entry.Content.Kind == LedgerEntryKind.Plan),
            ledger.Where(entry => entry.Content.Kind == LedgerEntryKind.Plan).Select(entry => entry.Content.Day).Distinct().Count());
        var contributions = await database.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken);
        Assert.All(contributions, contribution => Assert.Equal(HourWindow.Containing(Start.AddHours(hours)), contribution.Window));

        var verified = await CommandResult.SucceedsAsync("ledger", "verify", "--data", folder.File("data"));
    }

    /// <summary>Beside the node, as the commands do.</summary>
    static SqliteNodeDatabase Open(TemporaryFolder folder) => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.File("data"), "civicsense.db"), RunsNode = false }, TimeProvider.System,
        NullLogger.Instance);
}
