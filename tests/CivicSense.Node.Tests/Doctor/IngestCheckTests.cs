using CivicSense.Commons;
using CivicSense.Node.Doctor;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Tests.Doctor;

public sealed class IngestCheckTests
{
    readonly ManualTimeProvider time = new();
    readonly Queue<IngestRoster> readings = new();

    public IngestCheckTests() => time.Advance(TimeSpan.FromMinutes(30));

    /// <summary>The clock shows half past: with ten minutes of lateness the hour before is due.</summary>
    HourWindow Due => new(HourWindow.Containing(time.GetUtcNow()).Index - 1);

    [Fact]
    public async Task Processes_that_have_closed_what_is_due_are_in_order()
    {
        Reads(Process("east", 0), Process("west", 0));

        Assert.All(await RunAsync(), finding => Assert.Equal(FindingLevel.Ok, finding.Level));
    }

    [Fact]
    public async Task Process_whose_clock_was_set_back_is_named()
    {
        Reads(Process("east", 0), Process("west", -1));
        Reads(Process("east", 0), Process("west", -1));

        var findings = await RunAsync();

        Assert.Equal([FindingLevel.Ok, FindingLevel.Warning], findings.Select(finding => finding.Level));
        Assert.Contains("'west'", findings[1].Text, StringComparison.Ordinal);
        Assert.Contains("clock", findings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_never_comes_as_far_as_to_close_an_hour_is_named()
    {
        Reads(Process("", null));
        Reads(Process("", null));

        var finding = Assert.Single(await RunAsync());

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("the process without a name", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_is_behind_another_is_named_although_nothing_is_due_here()
    {
        Reads(Process("east", 1), Process("west", 0));
        Reads(Process("east", 1), Process("west", 0));

        var findings = await RunAsync();

        Assert.Contains("has closed an hour that has not ended", findings[0].Text, StringComparison.Ordinal);
        Assert.Contains("is behind the others", findings[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_has_just_started_has_a_moment_to_close_what_is_due()
    {
        Reads(Process("east", null));
        Reads(Process("east", 0));

        Assert.Equal(FindingLevel.Ok, Assert.Single(await RunAsync()).Level);
    }

    [Fact]
    public async Task Hour_that_has_been_released_and_a_day_that_was_given_up_are_waited_for_by_nobody()
    {
        readings.Enqueue(new IngestRoster([Process("east", 12), Process("west", -3)], new HourWindow(Due.Index + 12)));

        Assert.All(await RunAsync(), finding => Assert.Equal(FindingLevel.Ok, finding.Level));
    }

    [Fact]
    public async Task Silent_process_is_said_to_have_ended()
    {
        Reads(Process("east", -1) with { Silence = TimeSpan.FromHours(1) });
        Reads(Process("east", -1) with { Silence = TimeSpan.FromHours(1) });

        Assert.Contains("ended without saying so", Assert.Single(await RunAsync()).Text, StringComparison.Ordinal);
    }

    void Reads(params IngestProcess[] processes) => readings.Enqueue(new IngestRoster(processes, new HourWindow(Due.Index - 1)));

    IngestProcess Process(string name, int? closed) => new(
        name, 1, time.GetUtcNow(), TimeSpan.FromSeconds(1), closed is { } hours ? new HourWindow(Due.Index + hours) : null,
        IsStopped: false);

    async Task<IReadOnlyList<Finding>> RunAsync()
    {
        var check = IngestCheck.RunAsync(new ScriptedRoster(readings), new NodeSettings(), time, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        return await check;
    }

    /// <summary>Each reading once, in order.</summary>
    sealed class ScriptedRoster(Queue<IngestRoster> readings) : IIngestRoster
    {
        public ValueTask<IngestRoster> ReadAsync(CancellationToken cancellationToken) => new(readings.Dequeue());
    }
}
