using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release.Tests.Leadership;

/// <summary>docs/decisions/0016-leader.md: a process whose fence file cannot be written, or is just being copied.</summary>
public sealed class UnusableFenceTests
{
    static readonly DateTimeOffset Morning = SharedDatabase.Morning;

    [Fact]
    public async Task Leader_whose_fence_cannot_be_written_for_a_minute_lets_another_lead_and_follows_when_it_can_again()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        var blocked = Directory.CreateDirectory(first.FencePath + ".new");
        shared.Clock.Now = Morning.AddHours(3);
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(first.StepAsync);
        Assert.True(first.IsLeading);
        first.Time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(first.StepAsync);
        Assert.False(first.IsLeading);
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(first.StepAsync); // it does not take the lead again
        Assert.False(first.IsLeading);

        await second.StepAsync();
        await second.StepAsync();
        Assert.Equal([10, 11], await shared.ReleasedHoursAsync());
        await first.StepAsync();
        await first.StepAsync(); // nothing has failed: another releases
        Assert.InRange(first.Log.Lines.Count(line => line.Message.Contains("cannot take over", StringComparison.Ordinal)), 0, 1);

        blocked.Delete();
        await first.StepAsync();
        await second.StopAsync();
        await first.StepAsync();
        shared.Clock.Now = Morning.AddHours(4);
        await first.StepAsync();
        Assert.Equal([10, 11, 12], await shared.ReleasedHoursAsync());
        Assert.False(await shared.WasGivenUpAsync());
        await shared.AssertWholeAsync();
    }

    [Fact]
    public async Task Follower_whose_fence_cannot_be_written_says_so_once()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        Directory.CreateDirectory(second.FencePath + ".new");
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();

        await second.StepAsync();
        await second.StepAsync();

        Assert.Single(second.Log.Lines, line => line.Level == LogLevel.Warning);
        await first.StopAsync();
        await Assert.ThrowsAnyAsync<VaultUnavailableException>(second.StepAsync);
        Assert.False(second.IsLeading);
    }

    [Fact]
    public async Task Fence_that_is_just_being_copied_is_as_good_as_unchanged()
    {
        await using var shared = await SharedDatabase.CreateAsync();
        var (first, second) = await TakingOverTests.RunningAsync(shared);
        shared.Clock.Now = Morning.AddHours(3);
        await first.StepAsync();
        await shared.ExpireLeaseAsync();
        second.Time.Advance(TimeSpan.FromMinutes(2));
        await second.StepAsync();

        await File.WriteAllTextAsync(second.FencePath, "", TestNode.Cancel);
        await second.StepAsync();
        second.Time.Advance(TimeSpan.FromSeconds(11));
        await second.StepAsync();
        await second.StepAsync();
        Assert.False(second.IsLeading);
        Assert.Single(second.Log.Lines, line => line.Message.Contains("damaged", StringComparison.Ordinal));

        File.Copy(first.FencePath, second.FencePath, overwrite: true);
        await second.StepAsync();
        Assert.True(second.IsLeading);
        Assert.False(await shared.WasGivenUpAsync());
    }
}
