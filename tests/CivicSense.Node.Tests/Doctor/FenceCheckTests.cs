using CivicSense.Commons;
using CivicSense.Node.Doctor;
using CivicSense.Release;

namespace CivicSense.Node.Tests.Doctor;

public sealed class FenceCheckTests : IDisposable
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 6, 1, 7, 0, 0, TimeSpan.Zero));

    readonly TemporaryFolder folder = new();
    readonly ManualTimeProvider time = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Release_between_the_two_readings_is_no_restored_backup()
    {
        var (before, after) = (State(1), State(2));
        var fence = WriteFence(after);
        var readings = new Queue<ReleaseState>([before, after]);

        var finding = await RunAsync(fence, () => (readings.Dequeue(), false));

        Assert.Equal(FindingLevel.Ok, finding.Level);
        Assert.Contains("agrees with the database", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restored_backup_is_told()
    {
        var fence = WriteFence(State(2));

        var finding = await RunAsync(fence, () => (State(1), false));

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains("was a backup restored?", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fence_that_is_older_is_in_order_only_while_a_process_of_another_name_leads(bool othersLead)
    {
        var fence = WriteFence(State(1));

        Assert.Equal(othersLead ? FindingLevel.Ok : FindingLevel.Warning, (await RunAsync(fence, () => (State(2), othersLead))).Level);
    }

    async Task<Finding> RunAsync(string fence, Func<(ReleaseState, bool)> read)
    {
        var check = FenceCheck.RunAsync(fence, _ => new(read()), time, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        return await check;
    }

    static ReleaseState State(int length) => new(new HourWindow(Window.Index + length), length, new string((char)('a' + length), 64));

    /// <summary>As a node writes it when a release is published.</summary>
    string WriteFence(ReleaseState state)
    {
        var path = folder.File("release-fence.json");
        File.WriteAllText(path, $$"""
            {
              "published": {
                "sequence": {{state.LedgerLength}}, "head": "{{state.LedgerHead}}", "releasedDay": "2026-06-01",
                "releasedThrough": {{state.ReleasedThrough!.Value.Index}}, "dayEnd": {{Window.Index + 16}}
              },
              "prepared": null
            }
            """);
        return path;
    }
}
