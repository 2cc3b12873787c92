using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage.Tests;

/// <summary>
/// Which of several processes may release, with the rights of <c>civicsense_release</c>. Time passes by expiring the lease.
/// </summary>
public sealed class PostgresReleaseLeaseTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lease_is_one_process_s_until_it_expires()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");

        var reading = await second.ReleaseLease.ReadAsync(Cancel);
        Assert.Equal(("", true, false, false), (reading.Holder, reading.IsLive, reading.IsOurs, reading.IsVouchedFor));
        Assert.False(await second.ReleaseLease.TakeAsync(reading.Token, Cancel));

        await store.ExpireLeaseAsync();
        Assert.False((await second.ReleaseLease.ReadAsync(Cancel)).IsLive);
        Assert.True(await second.ReleaseLease.TakeAsync(reading.Token, Cancel));
        var taken = await second.ReleaseLease.ReadAsync(Cancel);
        Assert.Equal(("second", true, true), (taken.Holder, taken.IsLive, taken.IsOurs));
        Assert.NotEqual(reading.Token, taken.Token);
        Assert.False((await store.Lease.ReadAsync(Cancel)).IsOurs);
    }

    [Fact]
    public async Task Lease_lasts_fifteen_seconds_of_the_server_s_clock_from_the_last_renewal()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.ExpireLeaseAsync();
        await store.Lease.RenewAsync(_ => true, Cancel);

        var left = (await store.QueryAsync<TimeSpan>("SELECT expires_at - clock_timestamp() FROM vault.release_lease"))[0];

        Assert.InRange(left, TimeSpan.Zero, IReleaseLease.Duration);
        Assert.True((await store.Lease.ReadAsync(Cancel)).IsLive);
    }

    [Fact]
    public async Task Lease_that_was_given_back_can_be_taken_at_once()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await store.Lease.GiveBackAsync(Cancel);

        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));

        await store.Lease.GiveBackAsync(Cancel);
        Assert.True((await second.ReleaseLease.ReadAsync(Cancel)).IsLive);
    }

    [Fact]
    public async Task Lease_that_has_changed_hands_since_it_was_read_is_not_taken()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await store.Lease.GiveBackAsync(Cancel);
        Assert.True(await store.Lease.TakeAsync(token, Cancel));
        await store.ExpireLeaseAsync();

        Assert.False(await second.ReleaseLease.TakeAsync(token, Cancel));
    }

    [Fact]
    public async Task Process_that_has_lost_the_lease_does_not_hold_it_again_where_a_backup_brings_its_token_back()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.ExpireLeaseAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
        Assert.InRange(Math.Abs((await store.Lease.ReadAsync(Cancel)).Token - token), 2,
            long.MaxValue); // not counted, so never the same again
        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.Lease.RenewAsync(_ => true, Cancel));

        await store.QueryAsync<int>(
            $"UPDATE vault.release_lease SET token = {token.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

        Assert.False((await store.Lease.ReadAsync(Cancel)).IsOurs);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.Releases.BeginAsync(Cancel));
    }

    [Fact]
    public async Task Lease_that_seems_to_last_for_an_hour_after_the_server_s_clock_was_set_back_is_free()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        await store.QueryAsync<int>("UPDATE vault.release_lease SET expires_at = pg_catalog.clock_timestamp() + interval '1 hour'");

        var reading = await second.ReleaseLease.ReadAsync(Cancel);

        Assert.False(reading.IsLive);
        Assert.True(await second.ReleaseLease.TakeAsync(reading.Token, Cancel));
    }

    [Fact]
    public async Task Live_lease_is_seized_only_by_who_asks_for_that_and_not_while_a_release_runs()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var second = await store.OpenAnotherAsync("second");
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.Lease.RenewAsync(_ => true, Cancel);
        Assert.False(await second.ReleaseLease.TakeAsync(token, Cancel));
        await using (await store.Releases.BeginAsync(Cancel))
            Assert.False(await second.ReleaseLease.SeizeAsync(token, Cancel));

        Assert.True(await second.ReleaseLease.SeizeAsync(token, Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.Releases.BeginAsync(Cancel));
    }

    [Fact]
    public void Release_may_last_longer_than_the_transactions_it_waits_for()
    {
        var settings = PostgresRole.Release.OnConnecting(assumesRole: true);
        Assert.True(settings.LastIndexOf("'transaction_timeout', '300s'", StringComparison.Ordinal)
            > settings.LastIndexOf("'transaction_timeout', '120s'", StringComparison.Ordinal));
        Assert.DoesNotContain("300s", PostgresRole.Ingest.OnConnecting(assumesRole: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_that_take_it_at_once_one_gets_it()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.ExpireLeaseAsync();
        var others = new List<PostgresNodeDatabase>();
        for (var i = 0; i < 8; i++)
            others.Add(await store.OpenAnotherAsync($"process {i}"));

        var answers = await Task.WhenAll(others.Select(other => other.ReleaseLease.TakeAsync(token, Cancel).AsTask()));

        Assert.Single(answers, taken => taken);
        Assert.NotEqual(token, (await store.Lease.ReadAsync(Cancel)).Token);
        foreach (var other in others) await other.DisposeAsync();
    }

    [Fact]
    public async Task Only_the_process_with_the_newest_token_can_begin_a_release()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await Assert.ThrowsAsync<LeaseLostException>(async () => await second.Releases.BeginAsync(Cancel));
        await store.ExpireLeaseAsync();
        // Expired, but taken by nobody.
        await (await store.Releases.BeginAsync(Cancel)).DisposeAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));

        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.Releases.BeginAsync(Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.Lease.RenewAsync(_ => true, Cancel));
        await (await second.Releases.BeginAsync(Cancel)).DisposeAsync();
        await second.ReleaseLease.GiveBackAsync(Cancel);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await second.Releases.BeginAsync(Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await second.ReleaseLease.RenewAsync(_ => true, Cancel));
    }

    [Fact]
    public async Task Nobody_takes_the_lease_while_a_release_runs_and_its_holder_can_renew_it()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await using (var release = await store.Releases.BeginAsync(Cancel))
        {
            await store.ExpireLeaseAsync();
            Assert.False(await second.ReleaseLease.TakeAsync(token, Cancel));
            await store.Lease.RenewAsync(_ => true, Cancel);
            await store.ExpireLeaseAsync();
            Assert.False(await second.ReleaseLease.TakeAsync(token, Cancel));
            await release.CompleteWindowsAsync(Samples.Window, Cancel);
            await release.CommitAsync(Cancel);
        }

        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
        Assert.Equal(Samples.Window, (await second.ReleaseLease.ReadAsync(Cancel)).State.ReleasedThrough);
    }

    [Fact]
    public async Task Release_that_waited_for_another_s_finds_that_it_has_lost_the_lease()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await store.ExpireLeaseAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
        await using var release = await second.Releases.BeginAsync(Cancel);

        var paused = store.Releases.BeginAsync(Cancel).AsTask();
        await release.CommitAsync(Cancel);

        await Assert.ThrowsAsync<LeaseLostException>(() => paused);
    }

    [Fact]
    public async Task Holder_vouches_only_from_when_its_fence_has_agreed()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await store.Lease.RenewAsync(_ => false, Cancel);
        var unsettled = await store.Lease.ReadAsync(Cancel);
        Assert.Equal((false, null), (unsettled.IsVouchedFor, unsettled.VouchedBy));

        ReleaseState? compared = null;
        await store.Lease.RenewAsync(state => (compared = state) is not null, Cancel);
        var settled = await store.Lease.ReadAsync(Cancel);
        Assert.Equal((true, "", settled.State), (settled.IsVouchedFor, settled.VouchedBy, compared));

        await using var second = await store.OpenAnotherAsync("second");
        await store.ExpireLeaseAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));
        var taken = await second.ReleaseLease.ReadAsync(Cancel);
        Assert.Equal((false, ""), (taken.IsVouchedFor, taken.VouchedBy));
    }

    [Fact]
    public async Task Renewal_of_a_lost_lease_compares_nothing_with_what_another_has_released()
    {
        await using var store = await PostgresStore.CreateAsync();
        var token = (await store.Lease.ReadAsync(Cancel)).Token;
        await using var second = await store.OpenAnotherAsync("second");
        await store.ExpireLeaseAsync();
        Assert.True(await second.ReleaseLease.TakeAsync(token, Cancel));

        await Assert.ThrowsAsync<LeaseLostException>(
            async () => await store.Lease.RenewAsync(_ => throw new InvalidOperationException("exchanged"), Cancel));
    }

    [Fact]
    public async Task Renewal_that_finds_another_database_extends_nothing()
    {
        await using var store = await PostgresStore.CreateAsync();
        await store.ExpireLeaseAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await store.Lease.RenewAsync(_ => throw new InvalidOperationException("exchanged"), Cancel));

        Assert.False((await store.Lease.ReadAsync(Cancel)).IsLive);
    }

    [Fact]
    public async Task Server_is_told_to_notice_within_half_a_minute_that_an_ingest_process_is_gone()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(PostgresRole.Ingest.OnConnecting(assumesRole: true), connection);
        await command.ExecuteNonQueryAsync(Cancel);
        var seconds = new Dictionary<string, int>();
        foreach (var setting in new[] { "idle", "interval", "count" })
        {
            await using var show = new NpgsqlCommand($"SHOW tcp_keepalives_{setting}", connection);
            seconds[setting] =
                int.Parse((string)(await show.ExecuteScalarAsync(Cancel))!, System.Globalization.CultureInfo.InvariantCulture);
        }
        Assert.Equal(30, seconds["idle"] + seconds["interval"] * seconds["count"]);
    }

    [Fact]
    public async Task Server_is_told_to_end_a_release_whose_process_stands_still_or_cannot_be_reached()
    {
        await using var store = await PostgresStore.CreateAsync();
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(PostgresRole.Release.OnConnecting(assumesRole: true), connection);
        await command.ExecuteNonQueryAsync(Cancel);
        foreach (var setting in new[] { "idle_in_transaction_session_timeout", "tcp_user_timeout" })
        {
            await using var show = new NpgsqlCommand($"SHOW {setting}", connection);
            Assert.StartsWith("30", (string)(await show.ExecuteScalarAsync(Cancel))!, StringComparison.Ordinal);
        }
    }
}
