using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>What a release writes, many rows in one statement.</summary>
static class ReleaseCommands
{
    public static NpgsqlBatchCommand AddPlan(ReleasePlan plan)
    {
        // In squared grid steps, as the values are in grid steps.
        var deviation = plan.Sigma * plan.Grid;
        return Sql.Command(
            "INSERT INTO commons.plan (day, first_hour, last_hour, rho, variance, hash, document) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            Day(plan.Day), Sql.Value(plan.FirstWindow.Index), Sql.Value(plan.LastWindow.Index), Sql.Value(plan.Rho),
            Sql.Value(deviation * deviation), Sql.Value(PlanDocument.Hash(plan)), Sql.Value(PlanDocument.Write(plan)));
    }

    public static NpgsqlBatchCommand AddPlannedDevices(PrivatePlan plan) => Sql.Command(
        """
        INSERT INTO vault.plan_device (day, device_id, owner_id, area_index, model)
        SELECT $1, * FROM unnest($2::integer[], $3::integer[], $4::integer[], $5::text[])
        """,
        Day(plan.Public.Day), Sql.Column(plan.Devices, device => device.DeviceId), Sql.Column(plan.Devices, device => device.OwnerId),
        Sql.Column(plan.Devices, device => device.AreaIndex), Sql.Column(plan.Devices, device => device.Model));

    public static NpgsqlBatchCommand ReplaceBudgets(PrivacyDay day, IReadOnlyList<KeyValuePair<int, long>> budgets) => Sql.Command(
        """
        INSERT INTO vault.budget (day, owner_id, remaining)
        SELECT $1, * FROM unnest($2::integer[], $3::bigint[])
        ON CONFLICT (day, owner_id) DO UPDATE SET remaining = excluded.remaining
        """,
        Day(day), Sql.Column(budgets, budget => budget.Key), Sql.Column(budgets, budget => budget.Value));

    public static NpgsqlBatchCommand AddActiveOwners(PrivacyDay day, IReadOnlyList<ActiveOwner> owners) => Sql.Command(
        """
        INSERT INTO vault.active_owner (day, owner_id, area_index)
        SELECT $1, * FROM unnest($2::integer[], $3::integer[])
        ON CONFLICT (day, owner_id, area_index) DO NOTHING
        """,
        Day(day), Sql.Column(owners, owner => owner.OwnerId), Sql.Column(owners, owner => owner.AreaIndex));

    /// <summary>The day and the variance are those of the plan that covers the window.</summary>
    public static NpgsqlBatchCommand AddMeasurements(IReadOnlyList<NoisyMeasurement> measurements) => Sql.Command(
        """
        WITH batch AS MATERIALIZED (
            SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::bigint[], $5::float8[], $6::bigint[])
                AS batch (hour, area, quantity, value, baseline, ledger_sequence)
        ), planned AS MATERIALIZED (
            SELECT hours.hour, plan.day, plan.variance FROM (SELECT DISTINCT hour FROM batch) AS hours
                JOIN commons.plan ON hours.hour BETWEEN plan.first_hour AND plan.last_hour
        )
        INSERT INTO commons.measurement (hour, area, quantity, value, baseline, ledger_sequence, day, variance)
        SELECT batch.hour, area, quantity, value, baseline, ledger_sequence, planned.day, planned.variance
        FROM batch LEFT JOIN planned ON planned.hour = batch.hour
        """,
        Sql.Column(measurements, measurement => measurement.Window.Index),
        Sql.Column(measurements, measurement => measurement.Area.QuadKey),
        Sql.Column(measurements, measurement => (short)measurement.Quantity.Ordinal),
        Sql.Column(measurements, measurement => measurement.Value),
        Sql.Column(measurements, measurement => measurement.Baseline), Sql.Column(measurements, measurement => measurement.LedgerSequence));

    public static NpgsqlBatchCommand AddActivity(IReadOnlyList<NoisyActivity> activity) => Sql.Command(
        "INSERT INTO commons.activity (day, area, value, ledger_sequence) SELECT * FROM unnest($1::integer[], $2::text[], $3::bigint[], "
            + "$4::bigint[])",
        Sql.Column(activity, each => (int)each.Day.ToStored()), Sql.Column(activity, each => each.Area.QuadKey),
        Sql.Column(activity, each => each.Value), Sql.Column(activity, each => each.LedgerSequence));

    static NpgsqlParameter Day(PrivacyDay day) => Sql.Value((int)day.ToStored());
}
