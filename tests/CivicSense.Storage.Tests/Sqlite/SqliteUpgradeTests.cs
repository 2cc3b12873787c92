using System.Globalization;
using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage.Tests;

/// <summary>Files of earlier versions of the schema: what they hold is there after the upgrade.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string DatabasePath => folder.File("node.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Devices_and_plans_of_the_first_schema_are_kept_without_a_model()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        var plan = Samples.Plan(Samples.Day) with { Calibrations = [] };
        using (var session = file.OpenWriter())
        {
            SqliteMigrator.Migrate(session, DatabasePath, SqliteSchema.Steps.Take(1).ToArray(), NullLogger.Instance);
            session.Execute($"""
                INSERT INTO vault_owner (id, name) VALUES (3, 'a');
                INSERT INTO vault_device (id, owner_id, name, place, secret_hash) VALUES (7, 3, 'balcony-1', '{Samples.Place.QuadKey}', zeroblob(32));
                INSERT INTO vault_plan_device (day, device_id, owner_id, area_index) VALUES ({Samples.Day.ToStored()}, 7, 3, 1);
                INSERT INTO plan (day, rho, hash, document)
                    VALUES ({Samples.Day.ToStored()}, '0.028', '{PlanDocument.Hash(plan)}', '{PlanDocument.Write(plan)}');
                """);
        }

        await using var store = new SqliteStore(DatabasePath);
        var device = Assert.Single(await store.Vault.ReadDevicesAsync(TestContext.Current.CancellationToken));
        Assert.Equal(new Device(7, 3, "balcony-1", Samples.Place, DeviceModel.Unknown), device);
        Assert.NotNull(await store.Vault.FindCredentialAsync("balcony-1", TestContext.Current.CancellationToken));
        await using var release = await store.Releases.BeginAsync(TestContext.Current.CancellationToken);
        var found = await release.FindPlanAsync(Samples.Day, TestContext.Current.CancellationToken);
        Assert.Equal([new PlannedDevice(7, 3, 1, DeviceModel.Unknown)], found!.Devices);
        Assert.Equal(PlanDocument.Hash(plan), PlanDocument.Hash(found.Public));
    }

    [Fact]
    public async Task What_a_database_from_before_the_model_versions_holds_is_kept()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        using (var session = file.OpenWriter())
        {
            SqliteMigrator.Migrate(session, DatabasePath, SqliteSchema.Steps.Take(3).ToArray(), NullLogger.Instance);
            session.Execute($"""
                INSERT INTO reference_value (station, quantity, window, value, known_from)
                    VALUES ('Quay', 0, {Samples.Window.Index}, 11.5, {Samples.Window.Index});
                INSERT INTO estimate (area, quantity, resolution, start, until, value, standard_error, lower, upper, status)
                    VALUES ('{Samples.North.QuadKey}', 0, 1, {Samples.Window.Start.ToUnixTimeMilliseconds()},
                        {Samples.Window.End.ToUnixTimeMilliseconds()}, 12, 0.5, 11, 13, 1);
                """);
        }

        await using var store = new SqliteStore(DatabasePath);
        Assert.Equal(
            [Samples.Reference("Quay", Samples.Window, 11.5, Samples.Window)],
            await store.Commons.ReadReferenceValuesAsync(Samples.Window, Samples.Window.Next, TestContext.Current.CancellationToken));
        Assert.Equal(
            [Samples.Estimate(Samples.North, Samples.Window, 12, EstimateStatus.Final, resolution: Resolution.Day)],
            await store.Commons.ReadEstimatesAsync(
                new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Day, Samples.Window.Start, Samples.Window.End, 10),
                TestContext.Current.CancellationToken));
        var version = Samples.Model(Quantity.Pm25, 1, Samples.Window, ("cityMemory", 43.5));
        await store.ModelVersions.WriteAsync(version, TestContext.Current.CancellationToken);
        Assert.Equal(version.Values,
            Assert.Single(await store.Commons.ReadModelVersionsAsync(TestContext.Current.CancellationToken)).Values);
    }

    [Fact]
    public async Task Open_hours_of_a_database_from_before_the_keys_in_one_number_are_kept()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        var time = Samples.Window.Start.ToUnixTimeMilliseconds() + 1_234_567;
        using (var session = file.OpenWriter())
        {
            SqliteMigrator.Migrate(session, DatabasePath, SqliteSchema.Steps.Take(7).ToArray(), NullLogger.Instance);
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO vault_contribution (window, device_id, quantity, count, sum, last_time) VALUES
                    ({Samples.Window.Index}, 7, {Quantity.Laeq.Ordinal}, 60, 1.5e8, {time}),
                    ({Samples.Window.Index}, {int.MaxValue}, 255, {int.MaxValue}, 0.1, {time - 7_200_000}),
                    ({Samples.Window.Index + 1}, 1, 0, 1, -40.25, {time + 3_600_000});
                """));
        }

        await using var store = new SqliteStore(DatabasePath);
        Assert.Equal(
            [
                new Contribution(7, Quantity.Laeq.Ordinal, Samples.Window, 60, 1.5e8, time),
                new Contribution(int.MaxValue, 255, Samples.Window, int.MaxValue, 0.1, time - 7_200_000),
                new Contribution(1, 0, Samples.Window.Next, 1, -40.25, time + 3_600_000),
            ],
            await store.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken));
        var later = new Contribution(7, Quantity.Laeq.Ordinal, Samples.Window, 61, 1.6e8, time + 1);
        await store.Vault.CommitAsync(new[] { later }, TestContext.Current.CancellationToken);
        Assert.Equal(later, (await store.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken))[0]);
        await store.ReleaseAsync(async release =>
        {
            Assert.Equal(2, (await release.ReadContributionsAsync(Samples.Window, TestContext.Current.CancellationToken)).Count);
            await release.CompleteWindowsAsync(Samples.Window, TestContext.Current.CancellationToken);
        });
        Assert.Equal(
            Samples.Window.Next, Assert.Single(await store.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken)).Window);
    }
}
