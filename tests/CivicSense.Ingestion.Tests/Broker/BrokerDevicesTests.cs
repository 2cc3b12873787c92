using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Broker;

public sealed class BrokerDevicesTests
{
    [Fact]
    public async Task A_device_that_was_never_seen_is_found_with_its_first_message()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        await EnrolAsync(store.Vault, "newcomer");
        ingest.ReceiveReading("newcomer", 0);
        Assert.Equal(1, ingest.Room.Statistics.Accepted);
    }

    [Fact]
    public async Task A_device_that_sent_before_it_was_enrolled_counts_after_the_next_refresh()
    {
        await using var store = await TemporaryVault.CreateAsync();
        await using var ingest = await BrokerIngest.StartAsync(store.Vault);
        ingest.ReceiveReading("newcomer", 0);
        await EnrolAsync(store.Vault, "newcomer");
        await ingest.Devices.RefreshAsync(CancellationToken.None);
        ingest.ReceiveReading("newcomer", 1);
        Assert.Equal((1, 1), (ingest.Room.Statistics.Accepted, ingest.Room.Statistics[ReadingOutcome.UnknownDevice]));
    }

    [Fact]
    public async Task A_removed_device_counts_no_longer_after_the_next_refresh_and_others_do()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        ingest.ReceiveReading("device-1", 0);
        vault.Removed = "device-1";
        await ingest.Devices.RefreshAsync(CancellationToken.None);
        ingest.ReceiveReading("device-1", 1);
        ingest.ReceiveReading("device-2", 1);
        Assert.Equal((2, 1), (ingest.Room.Statistics.Accepted, ingest.Room.Statistics[ReadingOutcome.UnknownDevice]));
    }

    [Fact]
    public async Task Names_that_nobody_has_do_not_fill_the_memory_and_are_asked_for_a_bounded_number_of_times()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        for (var i = 0; i < 20_000; i++)
            Assert.Null(ingest.Devices.Find(System.Text.Encoding.UTF8.GetBytes($"nobody-{i}")));
        Assert.InRange(vault.Lookups, 1, 64 * 64);
        Assert.NotNull(ingest.Devices.Find("device-1"u8));
    }

    [Fact]
    public async Task A_refresh_that_fails_changes_nothing()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        vault.IsUnavailable = true;
        await Assert.ThrowsAsync<VaultUnavailableException>(() => ingest.Devices.RefreshAsync(CancellationToken.None));
        Assert.NotNull(ingest.Devices.Find("device-1"u8));
    }

    [Fact]
    public async Task A_name_asked_for_while_the_vault_is_away_waits_for_the_answer()
    {
        await using var store = await TemporaryVault.CreateAsync();
        using var vault = new UnreliableVault(store.Vault);
        await using var ingest = await BrokerIngest.StartAsync(vault);
        await EnrolAsync(store.Vault, "newcomer");
        vault.IsUnavailable = true;
        var handling = Task.Run(() => ingest.ReceiveReading("newcomer", 0));
        await Ingest.UntilAsync(() => Volatile.Read(ref vault.Failures) > 0);
        Assert.Equal(0, ingest.Room.Statistics.Messages);
        vault.IsUnavailable = false;
        await handling.WaitAsync(Ingest.Patience);
        Assert.Equal(1, ingest.Room.Statistics.Accepted);
    }

    static async Task EnrolAsync(IVault vault, string name) => await vault.EnrolAsync(
        [new EnrolmentRequest("owner", name, Area.FromPosition(57.15, -2.1), new byte[32])], CancellationToken.None);
}
