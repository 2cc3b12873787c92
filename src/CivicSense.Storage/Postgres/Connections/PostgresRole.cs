namespace CivicSense.Storage;

/// <summary>Whose rights a connection has.</summary>
sealed record PostgresRole(string Name, string Settings)
{
    /// <summary>Enrols, and writes contributions and sessions of devices.</summary>
    public static PostgresRole Ingest { get; } = new("civicsense_ingest", Durable);

    /// <summary>Reads contributions and deletes them; writes what is public. Changes nothing that has been released.</summary>
    public static PostgresRole Release { get; } = new("civicsense_release", Durable + Leading);

    /// <summary>Reads the commons and nothing else.</summary>
    public static PostgresRole Public { get; } =
        new("civicsense_public", $"SET default_transaction_read_only = on; SET statement_timeout = '30s'; {PlanForTheLayout}");

    public static IReadOnlyList<PostgresRole> All { get; } = [Ingest, Release, Public];

    // A commit survives power loss, whatever the server's default is. A process that was stopped in the middle of a transaction does not
    // keep the others waiting for ever. The statements are short: compiling them costs more than it brings.
    const string Durable = """
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
        SET idle_in_transaction_session_timeout = '60s'
        """;

    // While a release transaction lasts, nobody ingests or takes the lead. The second is for one that was stopped while it read.
    const string Leading = $"{LongTransactions}; SET idle_in_transaction_session_timeout = '30s'; SET tcp_user_timeout = '30s'";

    // A release waits for the one before for as long as others' transactions may last, and then needs time of its own.
    const string LongTransactions = """
        ; SELECT set_config('transaction_timeout', '300s', false) WHERE current_setting('server_version_num')::integer >= 170000
        """;

    // A machine that is gone, or a cable that is cut, while the server waits for the rest of what it is sent: nobody waits for that for
    // longer than half a minute. A process that was stopped right then still answers at this level; PostgreSQL 17 and newer ends it all the
    // same.
    const string Noticing = """
        SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4;
        SELECT set_config('transaction_timeout', '120s', false) WHERE current_setting('server_version_num')::integer >= 170000;
        """;

    // Native partitions: a statement is planned once for all months, and those that a call does not want are left out when it runs. Planned
    // anew for each call it takes longer the longer the archive (docs/performance-storage.md). TimescaleDB leaves chunks out when it plans.
    const string PlanForTheLayout = """
        SELECT set_config('plan_cache_mode', CASE relkind WHEN 'p' THEN 'force_generic_plan' ELSE 'force_custom_plan' END, false)
        FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass('commons.measurement')
        """;

    /// <summary>
    /// What makes a fresh connection one of this role. All names in statements are qualified, so nothing is searched for.
    /// </summary>
    public string OnConnecting(bool assumesRole) =>
        $"{(assumesRole ? $"SET ROLE {Name}; {Noticing} " : "")}SET search_path = ''; SET jit = off; {Settings}";
}
