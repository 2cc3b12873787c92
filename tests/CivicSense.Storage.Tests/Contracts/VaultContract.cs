using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IVault"/> does with who is enrolled.</summary>
public abstract class VaultContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Owner_with_a_known_name_is_the_same_owner()
    {
        await using var store = await CreateAsync();

        var first = await store.Vault.EnsureOwnerAsync("12 Mill Lane", Cancel);
        var other = await store.Vault.EnsureOwnerAsync("14 Mill Lane", Cancel);

        Assert.Equal(first, await store.Vault.EnsureOwnerAsync("12 Mill Lane", Cancel));
        Assert.NotEqual(first.Id, other.Id);
        Assert.Equal([first, other], await store.Vault.ReadOwnersAsync(Cancel));
    }

    [Fact]
    public async Task Added_device_is_listed_and_found_with_its_secret()
    {
        await using var store = await CreateAsync();
        var owner = await store.Vault.EnsureOwnerAsync("12 Mill Lane", Cancel);

        var device = await store.Vault.AddDeviceAsync(owner.Id, "balcony-1", Samples.Place, "", Samples.Secret(7), Cancel);

        Assert.Equal(new Device(device.Id, owner.Id, "balcony-1", Samples.Place), device);
        Assert.Equal([device], await store.Vault.ReadDevicesAsync(Cancel));
        var credential = await store.Vault.FindCredentialAsync("balcony-1", Cancel);
        Assert.Equal(device, credential!.Device);
        Assert.Equal(Samples.Secret(7), credential.SecretHash.ToArray());
    }

    [Fact]
    public async Task Model_of_a_device_is_kept_however_it_was_enrolled()
    {
        await using var store = await CreateAsync();
        var owner = await store.Vault.EnsureOwnerAsync("a", Cancel);

        var added = await store.Vault.AddDeviceAsync(owner.Id, "balcony-1", Samples.Place, "sds011", Samples.Secret(1), Cancel);
        var enrolled = await store.Vault.EnrolAsync(
            [Samples.Request("a", "balcony-2") with { Model = "pms5003" }, Samples.Request("a", "balcony-3")], Cancel);

        Assert.Equal(["sds011", "pms5003", ""], new[] { added }.Concat(enrolled).Select(device => device.Model));
        Assert.Equal(enrolled.Prepend(added), await store.Vault.ReadDevicesAsync(Cancel));
        Assert.Equal(added, (await store.Vault.FindCredentialAsync("balcony-1", Cancel))!.Device);
    }

    [Fact]
    public async Task Model_of_a_device_can_be_said_later_and_taken_back()
    {
        await using var store = await CreateAsync();
        var device = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1")], Cancel));

        Assert.True(await store.Vault.SetModelAsync("balcony-1", "sds011", Cancel));
        await store.RestartAsync();
        Assert.Equal([device with { Model = "sds011" }], await store.Vault.ReadDevicesAsync(Cancel));
        Assert.True(await store.Vault.SetModelAsync("balcony-1", "", Cancel));
        Assert.Equal([device], await store.Vault.ReadDevicesAsync(Cancel));
        Assert.False(await store.Vault.SetModelAsync("balcony-2", "sds011", Cancel));
    }

    [Fact]
    public async Task Secret_of_a_device_can_be_replaced_and_nothing_else_of_it_changes()
    {
        await using var store = await CreateAsync();
        var devices = await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1"), Samples.Request("b", "balcony-2")], Cancel);
        var untouched = await store.Vault.FindCredentialAsync("balcony-2", Cancel);

        Assert.True(await store.Vault.SetSecretAsync("balcony-1", Samples.Secret(9), Cancel));
        await store.RestartAsync();

        Assert.Equal(devices, await store.Vault.ReadDevicesAsync(Cancel));
        var credentials = await store.Vault.ReadCredentialsAsync(Cancel);
        Assert.Equal(devices, credentials.Select(credential => credential.Device));
        Assert.Equal([Samples.Secret(9), untouched!.SecretHash.ToArray()], credentials.Select(credential => credential.SecretHash.ToArray()));
        Assert.Equal(Samples.Secret(9), (await store.Vault.FindCredentialAsync("balcony-1", Cancel))!.SecretHash.ToArray());
        Assert.False(await store.Vault.SetSecretAsync("balcony-3", Samples.Secret(9), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Vault.SetSecretAsync("balcony-1", new byte[31], Cancel));
    }

    [Theory]
    [InlineData("SDS011")]
    [InlineData("sds 011")]
    [InlineData("123456789012345678901234567890123")]
    public async Task Bad_model_is_refused(string model)
    {
        await using var store = await CreateAsync();
        var owner = await store.Vault.EnsureOwnerAsync("a", Cancel);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await store.Vault.AddDeviceAsync(owner.Id, "balcony-1", Samples.Place, model, Samples.Secret(1), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1") with { Model = model }], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.Vault.SetModelAsync("balcony-1", model, Cancel));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("Balcony-1")]
    [InlineData("balcony-1' OR '1'='1")]
    [InlineData("")]
    public async Task Name_that_is_not_enrolled_has_no_credential(string name)
    {
        await using var store = await CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1")], Cancel);

        Assert.Null(await store.Vault.FindCredentialAsync(name, Cancel));
    }

    [Fact]
    public async Task Taken_device_name_is_refused_whoever_owns_it()
    {
        await using var store = await CreateAsync();
        var first = await store.Vault.EnsureOwnerAsync("a", Cancel);
        var second = await store.Vault.EnsureOwnerAsync("b", Cancel);
        var device = await store.Vault.AddDeviceAsync(first.Id, "balcony-1", Samples.Place, "", Samples.Secret(1), Cancel);

        var refusal = await Assert.ThrowsAsync<DuplicateDeviceException>(
            async () => await store.Vault.AddDeviceAsync(second.Id, "balcony-1", Samples.Place, "", Samples.Secret(2), Cancel));

        Assert.Contains("balcony-1", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([device], await store.Vault.ReadDevicesAsync(Cancel));
    }

    [Fact]
    public async Task Device_of_an_unknown_owner_is_refused()
    {
        await using var store = await CreateAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await store.Vault.AddDeviceAsync(99, "balcony-1", Samples.Place, "", Samples.Secret(1), Cancel));
    }

    [Fact]
    public async Task Device_with_a_bad_name_place_or_secret_is_refused()
    {
        await using var store = await CreateAsync();
        var owner = await store.Vault.EnsureOwnerAsync("a", Cancel);
        async Task Refused(string name, Area place, byte[] secret) => await Assert.ThrowsAsync<ArgumentException>(
            async () => await store.Vault.AddDeviceAsync(owner.Id, name, place, "", secret, Cancel));

        await Refused("", Samples.Place, Samples.Secret(1));
        await Refused("Balcony", Samples.Place, Samples.Secret(1));
        await Refused("a/b", Samples.Place, Samples.Secret(1));
        await Refused(new string('a', 65), Samples.Place, Samples.Secret(1));
        await Refused("balcony", Samples.Place.Parent, Samples.Secret(1));
        await Refused("balcony", Samples.Place, new byte[31]);
        Assert.Empty(await store.Vault.ReadDevicesAsync(Cancel));
    }

    [Fact]
    public async Task Enrolling_many_adds_owners_and_devices_in_the_order_asked()
    {
        await using var store = await CreateAsync();

        var devices = await store.Vault.EnrolAsync(
            [Samples.Request("b", "b-1"), Samples.Request("a", "a-1"), Samples.Request("b", "b-2")], Cancel);

        Assert.Equal(["b-1", "a-1", "b-2"], devices.Select(device => device.Name));
        Assert.Equal(devices[0].OwnerId, devices[2].OwnerId);
        Assert.NotEqual(devices[0].OwnerId, devices[1].OwnerId);
        Assert.Equal(devices.OrderBy(device => device.Id), await store.Vault.ReadDevicesAsync(Cancel));
    }

    [Fact]
    public async Task Enrolling_a_known_device_again_changes_only_its_secret()
    {
        await using var store = await CreateAsync();
        var before = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("a", "a-1", secret: 1)], Cancel));

        var again = Assert.Single(await store.Vault.EnrolAsync([Samples.Request("someone else", "a-1", secret: 2)], Cancel));

        Assert.Equal(before, again);
        Assert.Equal([before], await store.Vault.ReadDevicesAsync(Cancel));
        Assert.Equal(Samples.Secret(2), (await store.Vault.FindCredentialAsync("a-1", Cancel))!.SecretHash.ToArray());
    }

    [Fact]
    public async Task One_bad_request_enrols_nobody()
    {
        await using var store = await CreateAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await store.Vault.EnrolAsync([Samples.Request("a", "a-1"), Samples.Request("a", "A 2")], Cancel));

        Assert.Empty(await store.Vault.ReadDevicesAsync(Cancel));
    }

    [Fact]
    public async Task Everything_survives_a_restart()
    {
        await using var store = await CreateAsync();
        var devices = await store.Vault.EnrolAsync([Samples.Request("a", "a-1", secret: 9), Samples.Request("b", "b-1")], Cancel);
        var contribution = Samples.Contribution(devices[0].Id, Samples.Window);
        await store.Vault.CommitAsync(new[] { contribution }, Cancel);

        await store.RestartAsync();

        Assert.Equal(devices, await store.Vault.ReadDevicesAsync(Cancel));
        Assert.Equal(Samples.Secret(9), (await store.Vault.FindCredentialAsync("a-1", Cancel))!.SecretHash.ToArray());
        Assert.Equal([contribution], await store.Vault.ReadContributionsAsync(Cancel));
    }
}
