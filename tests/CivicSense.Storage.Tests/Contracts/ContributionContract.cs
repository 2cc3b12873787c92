using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IVault"/> does with the contributions of the hours that are open.</summary>
public abstract class ContributionContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Committed_contributions_are_read_back_exactly()
    {
        await using var store = await CreateAsync();
        Contribution[] batch =
        [
            Samples.Contribution(1, Samples.Window, Quantity.Pm25, sum: 0.1 + 0.2),
            Samples.Contribution(1, Samples.Window, Quantity.Laeq, sum: 1.2345678901234567e12, count: 3600),
            Samples.Contribution(2, Samples.Window.Next, Quantity.Temperature, sum: -40.5),
        ];

        await store.Vault.CommitAsync(batch, Cancel);

        Assert.Equal(batch, await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Later_state_of_a_contribution_replaces_the_earlier_one()
    {
        await using var store = await CreateAsync();
        var first = Samples.Contribution(1, Samples.Window, count: 1, sum: 10);
        var later = first with { Count = 2, Sum = 21, LastTime = first.LastTime + 60_000 };

        await store.Vault.CommitAsync(new[] { first }, Cancel);
        await store.Vault.CommitAsync(new[] { later }, Cancel);
        await store.Vault.CommitAsync(new[] { later }, Cancel);

        Assert.Equal([later], await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Batch_may_hold_the_same_contribution_twice_and_the_last_one_counts()
    {
        await using var store = await CreateAsync();
        var first = Samples.Contribution(1, Samples.Window, count: 1, sum: 10);
        var later = first with { Count = 2, Sum = 21 };

        await store.Vault.CommitAsync(new[] { first, later }, Cancel);

        Assert.Equal([later], await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Empty_batch_is_nothing()
    {
        await using var store = await CreateAsync();

        await store.Vault.CommitAsync(ReadOnlyMemory<Contribution>.Empty, Cancel);

        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Impossible_contribution_is_refused_with_its_whole_batch()
    {
        await using var store = await CreateAsync();
        Contribution[] batch = [Samples.Contribution(1, Samples.Window), Samples.Contribution(2, Samples.Window, count: 0)];

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Vault.CommitAsync(batch, Cancel));

        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Contribution_to_a_released_window_is_refused_with_its_whole_batch()
    {
        await using var store = await CreateAsync();
        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));
        var open = Samples.Contribution(1, Samples.Window.Next);

        await Assert.ThrowsAsync<WindowReleasedException>(
            async () => await store.Vault.CommitAsync(new[] { open, Samples.Contribution(1, Samples.Window) }, Cancel));
        Assert.Empty(await store.Vault.ReadContributionsAsync(Cancel));

        await store.RestartAsync();
        await Assert.ThrowsAsync<WindowReleasedException>(
            async () => await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel));
        await store.Vault.CommitAsync(new[] { open }, Cancel);
        Assert.Equal([open], await store.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Open_hours_of_a_device_are_its_own_contributions_and_nothing_of_other_households()
    {
        await using var store = await CreateAsync();
        var devices = await store.Vault.EnrolAsync(
            [Samples.Request("a", "a-1"), Samples.Request("b", "b-1"), Samples.Request("a", "a-2")], Cancel);
        Contribution Of(int device, HourWindow window, Quantity quantity, double sum) =>
            Samples.Contribution(devices[device].Id, window, quantity, sum);
        var (first, second) = (Samples.Window, new HourWindow(Samples.Window.Index + 2));
        Contribution[] own = [Of(0, first, Quantity.Pm25, 3), Of(0, first, Quantity.Laeq, 4), Of(0, second, Quantity.Pm25, 5)];
        Contribution[] humidity = [Of(2, first, Quantity.Humidity, 6), Of(2, second, Quantity.Humidity, 7)];
        Contribution[] others = [Of(1, first, Quantity.Pm25, 8), Of(1, second, Quantity.Humidity, 9), Of(2, first, Quantity.Pm25, 10)];

        await store.Vault.CommitAsync(own.Concat(humidity).Concat(others).ToArray(), Cancel);
        var open = await store.Vault.ReadOpenHoursAsync(devices[0].Id, Cancel);

        Assert.Equal(own, open.Contributions);
        Assert.Equal(humidity, open.HouseholdHumidity);
        Assert.Empty(open.Planned);
        Assert.Null(open.ReleasedThrough);
    }

    [Fact]
    public async Task Open_hours_say_which_place_the_household_has_in_the_plans_that_are_kept()
    {
        await using var store = await CreateAsync();
        // The plan of the samples has the devices 1 and 2 of household 1, and device 5 of household 3.
        var devices = await store.Vault.EnrolAsync(
            [Samples.Request("a", "a-1"), Samples.Request("a", "a-2"), Samples.Request("b", "b-1")], Cancel);
        Assert.Equal([1, 2, 3], devices.Select(device => device.Id));
        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel);
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day.Next), Cancel);
        });

        PlannedDevice[] household = [new(1, 1, 0), new(2, 1, 1, "sds011")];
        Assert.Equal(
            household.Select(device => (Samples.Day, device)).Concat(household.Select(device => (Samples.Day.Next, device))),
            (await store.Vault.ReadOpenHoursAsync(2, Cancel)).Planned);
        Assert.Empty((await store.Vault.ReadOpenHoursAsync(3, Cancel)).Planned);

        await store.ReleaseAsync(async release => await release.ForgetDaysAsync(Samples.Day, Cancel));
        Assert.Equal(household.Select(device => (Samples.Day.Next, device)), (await store.Vault.ReadOpenHoursAsync(1, Cancel)).Planned);
    }

    [Fact]
    public async Task Released_hours_are_gone_from_the_open_ones()
    {
        await using var store = await CreateAsync();
        var device = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel));
        var later = Samples.Contribution(device.Id, Samples.Window.Next);
        await store.Vault.CommitAsync(new[] { Samples.Contribution(device.Id, Samples.Window), later }, Cancel);

        await store.ReleaseAsync(async release => await release.CompleteWindowsAsync(Samples.Window, Cancel));
        var open = await store.Vault.ReadOpenHoursAsync(device.Id, Cancel);

        Assert.Equal([later], open.Contributions);
        Assert.Equal(Samples.Window, open.ReleasedThrough);
    }

    [Fact]
    public async Task Open_hours_of_a_device_that_is_not_enrolled_are_empty()
    {
        await using var store = await CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel);

        var open = await store.Vault.ReadOpenHoursAsync(99, Cancel);

        Assert.Empty(open.Contributions);
        Assert.Empty(open.HouseholdHumidity);
        Assert.Empty(open.Planned);
    }

    [Fact]
    public async Task Concurrent_commits_all_arrive()
    {
        await using var store = await CreateAsync();

        await Task.WhenAll(Enumerable.Range(1, 20).Select(device => Task.Run(
            async () => await store.Vault.CommitAsync(
                Enumerable.Range(0, 50).Select(hour => Samples.Contribution(device, new HourWindow(Samples.Window.Index + hour))).ToArray(),
                Cancel),
            Cancel)));

        Assert.Equal(20 * 50, (await store.Vault.ReadContributionsAsync(Cancel)).Count);
    }
}
