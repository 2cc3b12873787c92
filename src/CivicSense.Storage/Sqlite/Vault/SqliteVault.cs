using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;

namespace CivicSense.Storage;

/// <summary>The private side on SQLite.</summary>
sealed class SqliteVault(SqliteWriter writer, SessionPool readers) : IVault
{
    public const string DeviceColumns = "id, owner_id, name, place, model";

    const long MillisecondsPerHour = 3_600_000;

    readonly DepartedDevices departed = new();

    public async ValueTask<Owner> EnsureOwnerAsync(string name, CancellationToken cancellationToken)
    {
        EnrolmentChecks.CheckOwnerName(name);
        return await writer.WriteAsync(session => EnsureOwner(session, name), cancellationToken);
    }

    public async ValueTask<Device> AddDeviceAsync(
        int ownerId, string name, Area place, string model, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken)
    {
        EnrolmentChecks.CheckDevice(name, place, model, secretHash);
        return await writer.WriteAsync(
            session =>
            {
                if (FindDevice(session, name) is not null)
                    throw new DuplicateDeviceException(name);
                var owner = session.Prepare("SELECT 1 FROM vault_owner WHERE id = ?1").Bind(1, ownerId);
                if (!owner.Step())
                    throw new ArgumentException($"There is no owner with the number {ownerId}.", nameof(ownerId));
                return InsertDevice(session, ownerId, name, place, model, secretHash);
            },
            cancellationToken);
    }

    public async ValueTask<bool> SetModelAsync(string deviceName, string model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        EnrolmentChecks.CheckModel(model);
        return await writer.WriteAsync(
            session =>
            {
                if (FindDevice(session, deviceName) is not { } device)
                    return false;
                session.Prepare("UPDATE vault_device SET model = ?2 WHERE id = ?1").Bind(1, device.Id).Bind(2, model).Run();
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<bool> SetSecretAsync(string deviceName, ReadOnlyMemory<byte> secretHash, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        EnrolmentChecks.CheckSecretHash(secretHash);
        return await writer.WriteAsync(
            session =>
            {
                if (FindDevice(session, deviceName) is not { } device)
                    return false;
                session.Prepare("UPDATE vault_device SET secret_hash = ?2 WHERE id = ?1")
                    .Bind(1, device.Id).Bind(2, secretHash.Span).Run();
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Device>> EnrolAsync(IReadOnlyList<EnrolmentRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            EnrolmentChecks.CheckOwnerName(request.OwnerName);
            EnrolmentChecks.CheckDevice(request.DeviceName, request.Place, request.Model, request.SecretHash);
        }
        return await writer.WriteAsync(session => Enrol(session, requests), cancellationToken);
    }

    public async ValueTask<bool> DeleteDeviceAsync(string deviceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        return await DeleteAsync(session => HouseholdErasure.DeleteDevice(session, deviceName), cancellationToken);
    }

    public async ValueTask<bool> DeleteOwnerAsync(string ownerName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ownerName);
        return await DeleteAsync(session => HouseholdErasure.DeleteOwner(session, ownerName), cancellationToken);
    }

    public ValueTask<HouseholdRecord?> ReadHouseholdAsync(string ownerName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ownerName);
        return ReadAsync(session => HouseholdReading.Read(session, ownerName), cancellationToken);
    }

    public ValueTask<IReadOnlyList<Owner>> ReadOwnersAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<Owner>>(ReadOwners, cancellationToken);

    public ValueTask<IReadOnlyList<Device>> ReadDevicesAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<Device>>(ReadDevices, cancellationToken);

    public ValueTask<IReadOnlyList<DeviceCredential>> ReadCredentialsAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<DeviceCredential>>(
            session =>
            {
                var credentials = new List<DeviceCredential>();
                for (var row = session.Prepare($"SELECT {DeviceColumns}, secret_hash FROM vault_device ORDER BY id"); row.Step();)
                    credentials.Add(new DeviceCredential(ReadDevice(row), row.Blob(5)));
                return credentials;
            },
            cancellationToken);

    public ValueTask<DeviceCredential?> FindCredentialAsync(string deviceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceName);
        return ReadAsync(
            session =>
            {
                var row = session.Prepare($"SELECT {DeviceColumns}, secret_hash FROM vault_device WHERE name = ?1").Bind(1, deviceName);
                return row.Step() ? new DeviceCredential(ReadDevice(row), row.Blob(5)) : null;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<Contribution>> ReadContributionsAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<Contribution>>(
            session => ReadContributions(session.Prepare(
                "SELECT window, device_id, quantity, count, sum, last_time FROM vault_contribution ORDER BY key")),
            cancellationToken);

    public ValueTask<OpenHours> ReadOpenHoursAsync(int deviceId, CancellationToken cancellationToken) =>
        ReadAsync(session => OpenHoursReading.Read(session, deviceId), cancellationToken);

    public async ValueTask CommitAsync(ReadOnlyMemory<Contribution> contributions, CancellationToken cancellationToken)
    {
        if (!contributions.IsEmpty)
            await writer.WriteAsync(session => Upsert(session, contributions.Span), cancellationToken);
    }

    /// <summary>All devices in order of their number.</summary>
    public static List<Device> ReadDevices(SqliteSession session)
    {
        var devices = new List<Device>();
        for (var row = session.Prepare($"SELECT {DeviceColumns} FROM vault_device ORDER BY id"); row.Step();)
            devices.Add(ReadDevice(row));
        return devices;
    }

    /// <summary>Reads rows of (window, device, quantity, count, sum, last time).</summary>
    public static List<Contribution> ReadContributions(SqliteStatement row)
    {
        var contributions = new List<Contribution>();
        while (row.Step())
        {
            contributions.Add(new Contribution(
                row.Int32(1), checked((byte)row.Int64(2)), row.Window(0), row.Int32(3), row.Double(4), row.Int64(5)));
        }
        return contributions;
    }

    async ValueTask<bool> DeleteAsync(Func<SqliteSession, bool> delete, CancellationToken cancellationToken)
    {
        var isDeleted = await writer.WriteAsync(delete, cancellationToken);
        if (isDeleted)
            await writer.EmptyLogAsync();
        return isDeleted;
    }

    static List<Owner> ReadOwners(SqliteSession session)
    {
        var owners = new List<Owner>();
        for (var row = session.Prepare("SELECT id, name FROM vault_owner ORDER BY id"); row.Step();)
            owners.Add(new Owner(row.Int32(0), row.Text(1)));
        return owners;
    }

    int Upsert(SqliteSession session, ReadOnlySpan<Contribution> contributions)
    {
        if (departed.Refresh(session))
            writer.OweTruncation();
        var released = writer.ReleasedThrough?.Index ?? long.MinValue;
        // In a table whose only index is its key, REPLACE finds the row once and overwrites it; ON CONFLICT finds it three times.
        var upsert = session.Prepare("REPLACE INTO vault_contribution (key, count, sum, last_offset) VALUES (?1, ?2, ?3, ?4)");
        foreach (var place in ContributionOrder.Of(contributions))
        {
            ref readonly var contribution = ref contributions[place];
            // The window gate prevents it. Written after its release, a contribution would stay in the database for ever.
            if (contribution.Window.Index <= released)
                throw new WindowReleasedException(new HourWindow(released));
            if (departed.Contains(contribution.DeviceId))
                continue;
            upsert.Bind(1, ContributionKey.Of(contribution)).Bind(2, contribution.Count).Bind(3, contribution.Sum)
                .Bind(4, contribution.LastTime - contribution.Window.Index * MillisecondsPerHour)
                .Run();
        }
        return contributions.Length;
    }

    static List<Device> Enrol(SqliteSession session, IReadOnlyList<EnrolmentRequest> requests)
    {
        var devices = new List<Device>(requests.Count);
        foreach (var request in requests)
        {
            if (FindDevice(session, request.DeviceName) is { } known)
            {
                session.Prepare("UPDATE vault_device SET secret_hash = ?2 WHERE id = ?1")
                    .Bind(1, known.Id).Bind(2, request.SecretHash.Span)
                    .Run();
                devices.Add(known);
            }
            else
            {
                var owner = EnsureOwner(session, request.OwnerName);
                devices.Add(InsertDevice(session, owner.Id, request.DeviceName, request.Place, request.Model, request.SecretHash));
            }
        }
        return devices;
    }

    static Owner EnsureOwner(SqliteSession session, string name)
    {
        var found = session.Prepare("SELECT id FROM vault_owner WHERE name = ?1").Bind(1, name);
        if (found.Step())
            return new Owner(found.Int32(0), name);
        var added = session.Prepare("""
            INSERT INTO vault_owner (id, name) VALUES (
                1 + max(coalesce((SELECT max(id) FROM vault_owner), 0), coalesce((SELECT max(owner_id) FROM vault_departed_owner), 0)), ?1)
            RETURNING id
            """).Bind(1, name);
        return new Owner(ReadGeneratedId(added), name);
    }

    static Device? FindDevice(SqliteSession session, string name)
    {
        var row = session.Prepare($"SELECT {DeviceColumns} FROM vault_device WHERE name = ?1").Bind(1, name);
        return row.Step() ? ReadDevice(row) : null;
    }

    static Device InsertDevice(SqliteSession session, int ownerId, string name, Area place, string model, ReadOnlyMemory<byte> secretHash)
    {
        var added = session.Prepare("""
            INSERT INTO vault_device (id, owner_id, name, place, model, secret_hash) VALUES (
                1 + max(coalesce((SELECT max(id) FROM vault_device), 0), coalesce((SELECT max(device_id) FROM vault_departed_device), 0)),
                ?1, ?2, ?3, ?4, ?5)
            RETURNING id
            """).Bind(1, ownerId).Bind(2, name).Bind(3, place.QuadKey).Bind(4, model).Bind(5, secretHash.Span);
        return new Device(ReadGeneratedId(added), ownerId, name, place, model);
    }

    static int ReadGeneratedId(SqliteStatement insert)
    {
        insert.Step();
        var id = insert.Int32(0);
        insert.Run();
        return id;
    }

    /// <summary>Reads the device in the first columns of a row, <see cref="DeviceColumns"/>.</summary>
    public static Device ReadDevice(SqliteStatement row) => new(row.Int32(0), row.Int32(1), row.Text(2), row.Area(3), row.Text(4));

    async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await readers.ReadAsync(read, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw WriteFailure.Translate(exception);
        }
    }
}
