using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class CredentialWatchTests
{
    [Fact]
    public async Task Session_of_a_deleted_device_is_revoked_and_the_others_are_not()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        using var watch = new CredentialWatch(store.Vault, ingest.Contributions, NullLogger<CredentialWatch>.Instance);
        var leaving = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Session!;
        var staying = (await ingest.ConnectAsync("device-2", TemporaryVault.SecretOf(2))).Session!;
        await watch.LookAsync(TestContext.Current.CancellationToken);
        Assert.False(leaving.IsRevoked);

        await store.Vault.DeleteDeviceAsync("device-1", TestContext.Current.CancellationToken);
        await watch.LookAsync(TestContext.Current.CancellationToken);

        Assert.True(leaving.IsRevoked);
        Assert.False(staying.IsRevoked);
    }

    [Fact]
    public async Task Session_that_began_with_a_former_secret_is_revoked_and_one_with_a_certificate_is_not()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        using var watch = new CredentialWatch(store.Vault, ingest.Contributions, NullLogger<CredentialWatch>.Instance);
        using var certificate = CertificateNameTests.Create("CN=device-1");
        var former = (await ingest.ConnectAsync("device-1", TemporaryVault.SecretOf(1))).Session!;
        var certified = (await ingest.ConnectAsync("device-1", "", certificate)).Session!;
        var other = (await ingest.ConnectAsync("device-2", TemporaryVault.SecretOf(2))).Session!;

        await store.ReplaceSecretAsync("device-1", secret: 7);
        Assert.False(former.IsRevoked);
        await watch.LookAsync(TestContext.Current.CancellationToken);

        Assert.True(former.IsRevoked);
        Assert.False(certified.IsRevoked);
        Assert.False(other.IsRevoked);
    }

    [Fact]
    public async Task What_is_in_memory_of_a_deleted_device_is_not_written_again()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await Ingest.StartAsync(store.Vault);
        var (leaving, staying) = (store.Devices[1].Id, store.Devices[2].Id);
        var time = ingest.Window.Start.ToUnixTimeMilliseconds();
        await ingest.DurableAsync(ingest.Add(leaving, 10, time));
        await ingest.DurableAsync(ingest.Add(staying, 10, time));

        await store.Vault.DeleteOwnerAsync("owner 1", TestContext.Current.CancellationToken);
        // Acknowledged all the same, or the device would send it for ever.
        await ingest.DurableAsync(ingest.Add(leaving, 11, time + 1));
        await ingest.DurableAsync(ingest.Add(staying, 11, time + 1));

        var held = Assert.Single(await store.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken));
        Assert.Equal((staying, 2), (held.DeviceId, held.Count));
    }
}
