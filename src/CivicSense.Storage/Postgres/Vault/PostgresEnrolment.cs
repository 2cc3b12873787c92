using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Adds many devices with their owners in one transaction and one round trip.</summary>
static class PostgresEnrolment
{
    // Of several requests for one device the first says whose it is and where it stands, and the last gives the secret: as if they had come
    // one by one.
    const string AddOwners = """
        INSERT INTO vault.owner (name)
        SELECT name FROM (
            SELECT owner_name AS name, min(place) AS place FROM (
                SELECT DISTINCT ON (device_name COLLATE "C") owner_name, device_name, place
                FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS request (owner_name, device_name, place)
                ORDER BY device_name COLLATE "C", place) AS first
            WHERE NOT EXISTS (SELECT FROM vault.device WHERE name = device_name)
                AND NOT EXISTS (SELECT FROM vault.owner WHERE name = owner_name)
            GROUP BY owner_name) AS missing
        ORDER BY place
        ON CONFLICT (name) DO NOTHING
        """;

    const string AddDevices = """
        INSERT INTO vault.device (owner_id, name, place, model, secret_hash)
        SELECT owner.id, device_name, cell, model, secret_hash
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) WITH ORDINALITY
            AS request (owner_name, device_name, cell, model, secret_hash, place)
            JOIN vault.owner AS owner ON owner.name = owner_name
        WHERE NOT EXISTS (SELECT FROM vault.device WHERE name = device_name)
        ORDER BY place
        ON CONFLICT (name) DO NOTHING
        """;

    const string SetSecrets = """
        UPDATE vault.device SET secret_hash = last.secret_hash
        FROM (
            SELECT DISTINCT ON (device_name COLLATE "C") device_name, secret_hash
            FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS request (device_name, secret_hash, place)
            ORDER BY device_name COLLATE "C", place DESC) AS last
        WHERE name = last.device_name AND device.secret_hash <> last.secret_hash
        """;

    public static async Task<IReadOnlyList<Device>> EnrolAsync(
        PostgresPool pool, IReadOnlyList<EnrolmentRequest> requests, CancellationToken cancellationToken)
    {
        var owners = requests.Select(request => request.OwnerName).ToArray();
        var devices = requests.Select(request => request.DeviceName).ToArray();
        var secrets = requests.Select(request => request.SecretHash.ToArray()).ToArray();
        await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command(AddOwners, Sql.Value(owners), Sql.Value(devices)),
            Sql.Command(
                AddDevices, Sql.Value(owners), Sql.Value(devices), Sql.Column(requests, request => request.Place.QuadKey),
                Sql.Column(requests, request => request.Model), Sql.Value(secrets)),
            Sql.Command(SetSecrets, Sql.Value(devices), Sql.Value(secrets)));
        return await pool.QueryAsync(
            $"""
            SELECT {PostgresVault.DeviceColumns} FROM unnest($1::text[]) WITH ORDINALITY AS wanted (wanted_name, at)
                JOIN vault.device ON name = wanted_name ORDER BY at
            """,
            StoredRows.Device, cancellationToken, Sql.Value(devices));
    }
}
