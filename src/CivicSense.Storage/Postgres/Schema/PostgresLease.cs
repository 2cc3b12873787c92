namespace CivicSense.Storage;

/// <summary>The one row that says which process may release (docs/decisions/0016-leader.md).</summary>
static class PostgresLease
{
    public const string Create = """
        CREATE TABLE vault.release_lease (
            id smallint PRIMARY KEY CHECK (id = 1),
            holder text COLLATE "C",
            token bigint NOT NULL,
            expires_at timestamptz NOT NULL,
            vouched_for boolean NOT NULL,
            vouched_by text COLLATE "C"
        );
        INSERT INTO vault.release_lease (id, token, expires_at, vouched_for) VALUES (1, 0, '-infinity', false);
        """;
}
