namespace CivicSense.Storage;

/// <summary>Who may do what: the least that each part of a node needs. Applied anew by every migration.</summary>
/// <remarks>
/// Nobody may change or delete a measurement, an activity, a plan, a ledger entry, a reference value or a version of the model: they are
/// only added. What an estimate was before is kept by a trigger. What is not granted here is not allowed.
/// </remarks>
static class PostgresGrants
{
    /// <summary>What somebody who may has to run where the migration may not create roles.</summary>
    public static string CreateRole(string role, string login) => $"CREATE ROLE {role} NOLOGIN; GRANT {role} TO \"{login}\";";

    public const string Apply = """
        REVOKE ALL ON SCHEMA vault, commons FROM PUBLIC, civicsense_ingest, civicsense_release, civicsense_public;
        REVOKE ALL ON ALL TABLES IN SCHEMA vault, commons FROM PUBLIC, civicsense_ingest, civicsense_release, civicsense_public;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault, commons FROM PUBLIC, civicsense_ingest, civicsense_release, civicsense_public;

        GRANT USAGE ON SCHEMA vault, commons TO civicsense_ingest, civicsense_release;
        GRANT USAGE ON SCHEMA commons TO civicsense_public;
        GRANT SELECT ON commons.migration TO civicsense_ingest, civicsense_release, civicsense_public;

        GRANT SELECT, INSERT ON vault.owner TO civicsense_ingest;
        GRANT SELECT, INSERT, UPDATE (secret_hash, model) ON vault.device TO civicsense_ingest;
        GRANT SELECT, INSERT, UPDATE ON vault.contribution TO civicsense_ingest;
        GRANT SELECT, INSERT, UPDATE, DELETE ON vault.mqtt_session TO civicsense_ingest;
        GRANT SELECT ON vault.state, vault.plan_device, vault.departed_device, commons.plan TO civicsense_ingest;
        GRANT EXECUTE ON FUNCTION vault.begin_commit, vault.delete_device, vault.delete_owner, vault.budgets_of, vault.activity_of
            TO civicsense_ingest;

        GRANT SELECT ON vault.ingest_process TO civicsense_ingest, civicsense_release;
        GRANT EXECUTE ON FUNCTION vault.register_ingest, vault.report_ingest, vault.stop_ingest TO civicsense_ingest;

        GRANT SELECT (id, owner_id, name, place, model) ON vault.device TO civicsense_release;
        GRANT SELECT, DELETE ON vault.contribution TO civicsense_release;
        GRANT SELECT, INSERT, UPDATE, DELETE ON vault.budget TO civicsense_release;
        GRANT SELECT, INSERT, DELETE ON vault.active_owner, vault.plan_device TO civicsense_release;
        GRANT SELECT, UPDATE (released_through) ON vault.state TO civicsense_release;
        GRANT SELECT, UPDATE (holder, token, expires_at, vouched_for, vouched_by) ON vault.release_lease TO civicsense_release;
        GRANT SELECT, INSERT ON commons.plan, commons.ledger, commons.reference_value, commons.model_version TO civicsense_release;
        GRANT INSERT ON commons.measurement, commons.activity TO civicsense_release;
        GRANT SELECT, INSERT, UPDATE ON commons.estimate, commons.latest_estimate TO civicsense_release;
        GRANT SELECT, UPDATE (begins) ON commons.revision_history TO civicsense_release;

        GRANT SELECT ON commons.plan, commons.measurement, commons.activity, commons.ledger, commons.reference_value, commons.model_version,
            commons.estimate, commons.latest_estimate, commons.superseded_estimate, commons.revision_history, commons.version,
            commons.measurement_by_day, commons.measurement_by_week TO civicsense_public;
        GRANT EXECUTE ON FUNCTION vault.drop_released_months TO civicsense_ingest;
        """;

    /// <summary>Needed by the partitions of a database without TimescaleDB.</summary>
    public const string ApplyToPartitions = """
        GRANT EXECUTE ON FUNCTION vault.add_months TO civicsense_ingest, civicsense_release;
        """;

    /// <summary>For a role that may create roles; they hold for logins that are the role itself.</summary>
    public const string ConfigurePublicRole = """
        ALTER ROLE civicsense_public SET default_transaction_read_only = on;
        ALTER ROLE civicsense_public SET statement_timeout = '30s';
        ALTER ROLE civicsense_public SET search_path = '';
        """;
}
