namespace CivicSense.Storage;

/// <summary>
/// Functions that delete a device or a household with every row of the vault that says something about them, and show what is kept.
/// </summary>
/// <remarks>
/// <para>
/// They run with the rights of whoever made them: no role has to be able to
/// delete devices, or to read everybody's budgets, otherwise. Numbers of deleted rows are
/// never given again, because identity columns only count up; the plans and budgets of open days go by numbers.
/// </para>
/// <para>
/// The lock is the one of releases. A commit of contributions holds its other side, so that it is either before the deletion, which then
/// sees its rows, or after it, and then sees who has departed.
/// </para>
/// </remarks>
static class PostgresErasure
{
    public const string Create = """
        CREATE TABLE vault.departed_device (
            device_id integer PRIMARY KEY
        );

        CREATE FUNCTION vault.delete_device(device_name text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE
            leaving integer;
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock(1131832147, 1);
            SELECT id INTO leaving FROM vault.device WHERE name = device_name;
            DELETE FROM vault.contribution WHERE device_id = leaving;
            DELETE FROM vault.plan_device WHERE device_id = leaving;
            INSERT INTO vault.departed_device (device_id) SELECT id FROM vault.device WHERE id = leaving;
            DELETE FROM vault.device WHERE id = leaving;
            RETURN leaving IS NOT NULL;
        END $$;

        CREATE FUNCTION vault.delete_owner(owner_name text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        DECLARE
            leaving integer;
        BEGIN
            PERFORM pg_catalog.pg_advisory_xact_lock(1131832147, 1);
            SELECT id INTO leaving FROM vault.owner WHERE name = owner_name;
            DELETE FROM vault.contribution WHERE device_id IN (SELECT id FROM vault.device WHERE owner_id = leaving);
            DELETE FROM vault.plan_device WHERE owner_id = leaving
                OR device_id IN (SELECT id FROM vault.device WHERE owner_id = leaving);
            DELETE FROM vault.active_owner WHERE owner_id = leaving;
            DELETE FROM vault.budget WHERE owner_id = leaving;
            INSERT INTO vault.departed_device (device_id) SELECT id FROM vault.device WHERE owner_id = leaving;
            DELETE FROM vault.device WHERE owner_id = leaving;
            DELETE FROM vault.owner WHERE id = leaving;
            RETURN leaving IS NOT NULL;
        END $$;

        CREATE FUNCTION vault.budgets_of(owner integer) RETURNS TABLE (day integer, remaining bigint)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
            'SELECT held.day, held.remaining FROM vault.budget AS held WHERE held.owner_id = $1 ORDER BY held.day';

        CREATE FUNCTION vault.activity_of(owner integer) RETURNS TABLE (day integer, area_index integer)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
            'SELECT held.day, held.area_index FROM vault.active_owner AS held WHERE held.owner_id = $1 ORDER BY held.day, held.area_index';
        """;
}
