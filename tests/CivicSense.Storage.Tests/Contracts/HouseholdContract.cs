using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IVault"/> does when somebody leaves, or asks what is kept.</summary>
public abstract class HouseholdContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// Household "a" with the devices 1 and 2, "b" with 3 and 4, "c" with 5: as in the plan of the samples, where 1 and 2 belong to
    /// household 1 and 5 to household 3.
    /// </summary>
    static async Task<StoreUnderTest> FillAsync(StoreUnderTest store)
    {
        var devices = await store.Vault.EnrolAsync(
            [
                Samples.Request("a", "a-1"), Samples.Request("a", "a-2"), Samples.Request("b", "b-1"), Samples.Request("b", "b-2"),
                Samples.Request("c", "c-1"),
            ], Cancel);
        Assert.Equal([(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)], devices.Select(device => (device.Id, device.OwnerId)));
        await store.Vault.CommitAsync(
            devices.SelectMany(device => new[] { Held(device.Id), Held(device.Id) with { Window = Samples.Window.Next } }).ToArray(),
            Cancel);
        await store.DeviceSessions.WriteAsync(
            [.. devices.Select(device => new DeviceSessionRecord(device.Name, "client", null, new byte[] { 1, 2 }))], Cancel);
        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel);
            await release.WriteBudgetsAsync(Samples.Day, [new(1, 77), new(2, 78), new(3, 79)], Cancel);
            await release.AddActiveOwnersAsync(Samples.Day, [new(1, 0), new(1, 1), new(3, 1)], Cancel);
        });
        return store;
    }

    static Contribution Held(int device) => Samples.Contribution(device, Samples.Window);

    [Fact]
    public async Task Household_is_read_with_everything_that_is_held_about_it_and_nothing_of_others()
    {
        await using var store = await FillAsync(await CreateAsync());

        var household = await store.Vault.ReadHouseholdAsync("a", Cancel);

        Assert.Equal(new Owner(1, "a"), household!.Owner);
        Assert.Equal(["a-1", "a-2"], household.Devices.Select(credential => credential.Device.Name));
        Assert.All(household.Devices, credential => Assert.Equal(Samples.Secret(1), credential.SecretHash.ToArray()));
        Assert.Equal(
            [Held(1), Held(2), Held(1) with { Window = Samples.Window.Next }, Held(2) with { Window = Samples.Window.Next }],
            household.Contributions);
        Assert.Equal(["a-1 client", "a-2 client"], household.Sessions.Select(session => $"{session.DeviceName} {session.ClientId}"));
        Assert.All(household.Sessions, session => Assert.Equal([1, 2], session.State.ToArray()));
        Assert.Equal([(Samples.Day, 77L)], household.Budgets);
        Assert.Equal([(Samples.Day, 0), (Samples.Day, 1)], household.Active);
        Assert.Equal(
            [(Samples.Day, new PlannedDevice(1, 1, 0)), (Samples.Day, new PlannedDevice(2, 1, 1, "sds011"))], household.Planned);
        Assert.Null(await store.Vault.ReadHouseholdAsync("nobody", Cancel));
    }

    [Fact]
    public async Task Deleted_household_is_gone_with_all_it_had_and_the_others_keep_everything()
    {
        await using var store = await FillAsync(await CreateAsync());
        var other = await store.Vault.ReadHouseholdAsync("c", Cancel);

        Assert.True(await store.Vault.DeleteOwnerAsync("a", Cancel));
        Assert.False(await store.Vault.DeleteOwnerAsync("a", Cancel));
        await store.RestartAsync();

        Assert.Null(await store.Vault.ReadHouseholdAsync("a", Cancel));
        Assert.Null(await store.Vault.FindCredentialAsync("a-1", Cancel));
        Assert.Equal([3, 4, 5], (await store.Vault.ReadDevicesAsync(Cancel)).Select(device => device.Id));
        Assert.Equal([3, 4, 5], (await store.Vault.ReadContributionsAsync(Cancel)).Select(held => held.DeviceId).Distinct());
        Assert.Equal(["b-1", "b-2", "c-1"], (await store.DeviceSessions.ReadAsync(Cancel)).Select(session => session.DeviceName));
        // Ended before the next question: a store may have one connection for all.
        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            Assert.Equal([5], (await release.FindPlanAsync(Samples.Day, Cancel))!.Devices.Select(device => device.DeviceId));
            Assert.Equal(new Dictionary<int, long> { [2] = 78, [3] = 79 }, await release.ReadBudgetsAsync(Samples.Day, Cancel));
            Assert.Equal([new ActiveOwner(3, 1)], await release.ReadActiveOwnersAsync(Samples.Day, Cancel));
        }
        var kept = await store.Vault.ReadHouseholdAsync("c", Cancel);
        Assert.Equal(other!.Contributions, kept!.Contributions);
        Assert.Equal(other.Devices.Select(credential => credential.Device), kept.Devices.Select(credential => credential.Device));
        Assert.Equal(other.Budgets, kept.Budgets);
        Assert.Equal(other.Active, kept.Active);
        Assert.Equal(other.Planned, kept.Planned);
    }

    [Fact]
    public async Task Deleted_device_is_gone_and_its_household_keeps_what_it_has_spent()
    {
        await using var store = await FillAsync(await CreateAsync());

        Assert.True(await store.Vault.DeleteDeviceAsync("a-1", Cancel));
        Assert.False(await store.Vault.DeleteDeviceAsync("a-1", Cancel));
        await store.RestartAsync();

        var household = await store.Vault.ReadHouseholdAsync("a", Cancel);
        Assert.Equal(["a-2"], household!.Devices.Select(credential => credential.Device.Name));
        Assert.Equal([2, 2], household.Contributions.Select(held => held.DeviceId));
        Assert.Equal(["a-2"], household.Sessions.Select(session => session.DeviceName));
        Assert.Equal([2], household.Planned.Select(planned => planned.Device.DeviceId));
        Assert.Equal([(Samples.Day, 77L)], household.Budgets);
        Assert.Equal(2, household.Active.Count);
    }

    [Fact]
    public async Task Contributions_of_deleted_devices_are_left_out_of_a_batch_and_the_others_are_written()
    {
        await using var store = await FillAsync(await CreateAsync());
        await store.Vault.CommitAsync(new[] { Held(5) }, Cancel);
        await store.Vault.DeleteOwnerAsync("a", Cancel);
        await store.Vault.DeleteDeviceAsync("b-1", Cancel);
        Contribution[] batch = [.. Enumerable.Range(1, 5).Select(device => Held(device) with { Count = 9 })];

        await store.Vault.CommitAsync(batch, Cancel);
        await store.RestartAsync();
        await store.Vault.CommitAsync(batch, Cancel);

        Assert.Equal(
            [Held(4) with { Count = 9 }, Held(5) with { Count = 9 }],
            (await store.Vault.ReadContributionsAsync(Cancel)).Where(held => held.Window == Samples.Window));
    }

    [Fact]
    public async Task Number_of_a_deleted_household_or_device_is_never_given_again()
    {
        await using var store = await FillAsync(await CreateAsync());

        // The last ones, whose numbers would be the next.
        await store.Vault.DeleteOwnerAsync("c", Cancel);
        await store.RestartAsync();
        var again = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("c", "c-1")], Cancel));

        Assert.True(again.Id > 5 && again.OwnerId > 3, again.ToString());
        // The day's plan knows the household by its old number, so it gets no second budget today.
        var household = await store.Vault.ReadHouseholdAsync("c", Cancel);
        Assert.Empty(household!.Planned);
        Assert.Empty(household.Budgets);
        Assert.Empty(household.Contributions);
        await store.Vault.DeleteDeviceAsync("c-1", Cancel);
        Assert.True(Assert.Single(await store.Vault.EnrolAsync([Samples.Request("c", "c-1")], Cancel)).Id > again.Id);
    }
}
