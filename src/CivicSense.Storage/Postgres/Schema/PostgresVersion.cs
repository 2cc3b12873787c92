namespace CivicSense.Storage;

/// <summary>Tells readers in other processes whether something public has changed, for the price of one row.</summary>
/// <remarks>
/// A text drawn at random rather than a number: a database that was restored from a backup counts anew, and would come to a number that
/// readers know already. The triggers are on tables of which each transaction that changes something public writes one: measurements come
/// with an entry of the ledger, estimates with the newest ones.
/// </remarks>
static class PostgresVersion
{
    public const string Create = """
        CREATE TABLE commons.version (
            id smallint PRIMARY KEY CHECK (id = 1),
            token uuid NOT NULL
        );
        INSERT INTO commons.version (id, token) VALUES (1, pg_catalog.gen_random_uuid());

        CREATE FUNCTION commons.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN
            UPDATE commons.version SET token = pg_catalog.gen_random_uuid();
            RETURN NULL;
        END $$;

        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.plan EXECUTE FUNCTION commons.note_change();
        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.activity EXECUTE FUNCTION commons.note_change();
        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.ledger EXECUTE FUNCTION commons.note_change();
        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.latest_estimate EXECUTE FUNCTION commons.note_change();
        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.reference_value EXECUTE FUNCTION commons.note_change();
        CREATE TRIGGER changes_version AFTER INSERT OR UPDATE OR DELETE ON commons.model_version EXECUTE FUNCTION commons.note_change();
        """;
}
