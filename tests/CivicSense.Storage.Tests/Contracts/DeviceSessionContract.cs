using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IDeviceSessionStore"/> does.</summary>
public abstract class DeviceSessionContract
{
    static readonly DateTimeOffset Expiry = new(2026, 11, 22, 7, 0, 0, 123, TimeSpan.Zero);

    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_survive_a_restart_as_they_were()
    {
        await using var store = await CreateEnrolledAsync();
        DeviceSessionRecord[] sessions =
        [
            new("balcony-1", "", Expiry, new byte[] { 1, 0, 255 }),
            new("balcony-1", "client ü", null, Enumerable.Range(0, 300_000).Select(i => unchecked((byte)i)).ToArray()),
            new("balcony-2", "", null, new byte[] { 1 }),
        ];
        await store.DeviceSessions.WriteAsync([.. sessions.Reverse()], Cancel);

        await store.RestartAsync();

        Equal(sessions, await store.DeviceSessions.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_session_written_again_is_replaced_and_the_others_stay()
    {
        await using var store = await CreateEnrolledAsync();
        var other = new DeviceSessionRecord("balcony-1", "b", null, new byte[] { 2 });
        await store.DeviceSessions.WriteAsync([new("balcony-1", "a", Expiry, new byte[] { 1 }), other], Cancel);
        var again = new DeviceSessionRecord("balcony-1", "a", null, new byte[] { 3, 4 });

        await store.DeviceSessions.WriteAsync([again], Cancel);

        Equal([again, other], await store.DeviceSessions.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_session_without_state_is_removed()
    {
        await using var store = await CreateEnrolledAsync();
        var kept = new DeviceSessionRecord("balcony-2", "a", null, new byte[] { 2 });
        await store.DeviceSessions.WriteAsync([new("balcony-1", "a", Expiry, new byte[] { 1 }), kept], Cancel);

        await store.DeviceSessions.WriteAsync([new("balcony-1", "a", null, default), new("balcony-1", "never", null, default)], Cancel);

        Equal([kept], await store.DeviceSessions.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_session_of_no_device_is_not_kept()
    {
        await using var store = await CreateEnrolledAsync();

        await store.DeviceSessions.WriteAsync([new("reader/1", "a", null, new byte[] { 1 })], Cancel);

        Assert.Empty(await store.DeviceSessions.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Sessions_of_another_process_are_neither_seen_nor_replaced_nor_removed()
    {
        await using var store = await CreateEnrolledAsync();
        if (store.DeviceSessionsOfAnother is not { } another)
        {
            Assert.Skip("One process has this store to itself.");
            return;
        }
        var here = new DeviceSessionRecord("balcony-1", "a", Expiry, new byte[] { 1 });
        var there = here with { ExpiresAt = null, State = new byte[] { 2 } };

        await store.DeviceSessions.WriteAsync([here], Cancel);
        Assert.Empty(await another.ReadAsync(Cancel));
        await another.WriteAsync([there], Cancel);
        Equal([here], await store.DeviceSessions.ReadAsync(Cancel));
        Equal([there], await another.ReadAsync(Cancel));

        await another.WriteAsync([there with { State = default }], Cancel);
        Assert.Empty(await another.ReadAsync(Cancel));
        Equal([here], await store.DeviceSessions.ReadAsync(Cancel));
        // Whoever looks after the device sees the sessions of all.
        await another.WriteAsync([there], Cancel);
        Assert.Equal(2, (await store.Vault.ReadHouseholdAsync("a", Cancel))!.Sessions.Count);
        Assert.True(await store.Vault.DeleteDeviceAsync("balcony-1", Cancel));
        Assert.Empty(await another.ReadAsync(Cancel));
    }

    async Task<StoreUnderTest> CreateEnrolledAsync()
    {
        var store = await CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "balcony-1"), Samples.Request("b", "balcony-2")], Cancel);
        return store;
    }

    /// <summary>Memory compares by reference inside a record, so the states are compared apart.</summary>
    static void Equal(IReadOnlyList<DeviceSessionRecord> expected, IReadOnlyList<DeviceSessionRecord> found)
    {
        Assert.Equal(expected.Select(Key), found.Select(Key));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.State.ToArray(), pair.Second.State.ToArray()));

        static (string, string, DateTimeOffset?) Key(DeviceSessionRecord session) =>
            (session.DeviceName, session.ClientId, session.ExpiresAt);
    }
}
