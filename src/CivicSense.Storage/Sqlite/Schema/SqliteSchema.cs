namespace CivicSense.Storage;

/// <summary>The steps from an empty file to the present schema. A step that has been in a release is never changed.</summary>
/// <remarks>
/// Windows are whole hours since 1970, days are whole days since 1970, instants are milliseconds since 1970, quantities and enumerations
/// are their ordinals. Every key begins with what the queries fix, so that no query depends on the archive's length.
/// </remarks>
static class SqliteSchema
{
    public static IReadOnlyList<string> Steps { get; } =
        [Version1, DeviceModels, ReferenceValues, ModelVersions, MqttSessions, Departures, EstimateRevisions, ContributionKeys];

    // vault_contribution has no foreign key: looking up the device for each of the rows of a group commit would cost more than the row.
    const string Version1 = """
        CREATE TABLE vault_owner (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE vault_device (
            id INTEGER PRIMARY KEY,
            owner_id INTEGER NOT NULL REFERENCES vault_owner (id),
            name TEXT NOT NULL UNIQUE,
            place TEXT NOT NULL,
            secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32)
        ) STRICT;
        CREATE INDEX vault_device_of_owner ON vault_device (owner_id);

        CREATE TABLE vault_contribution (
            window INTEGER NOT NULL,
            device_id INTEGER NOT NULL,
            quantity INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count >= 1),
            sum REAL NOT NULL,
            last_time INTEGER NOT NULL,
            PRIMARY KEY (window, device_id, quantity)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE vault_budget (
            day INTEGER NOT NULL,
            owner_id INTEGER NOT NULL,
            remaining INTEGER NOT NULL CHECK (remaining >= 0),
            PRIMARY KEY (day, owner_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE vault_active_owner (
            day INTEGER NOT NULL,
            owner_id INTEGER NOT NULL,
            area_index INTEGER NOT NULL CHECK (area_index >= 0),
            PRIMARY KEY (day, owner_id, area_index)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE vault_plan_device (
            day INTEGER NOT NULL,
            device_id INTEGER NOT NULL,
            owner_id INTEGER NOT NULL,
            area_index INTEGER NOT NULL CHECK (area_index >= 0),
            PRIMARY KEY (day, device_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE vault_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            released_through INTEGER
        ) STRICT;
        INSERT INTO vault_state (id, released_through) VALUES (1, NULL);

        CREATE TABLE plan (
            day INTEGER PRIMARY KEY,
            rho TEXT NOT NULL,
            hash TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT;

        CREATE TABLE measurement (
            window INTEGER NOT NULL,
            area TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            value INTEGER NOT NULL,
            baseline REAL NOT NULL,
            ledger_sequence INTEGER NOT NULL,
            PRIMARY KEY (window, area, quantity)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE activity (
            day INTEGER NOT NULL,
            area TEXT NOT NULL,
            value INTEGER NOT NULL,
            ledger_sequence INTEGER NOT NULL,
            PRIMARY KEY (day, area)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE ledger (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            hash TEXT NOT NULL UNIQUE,
            document TEXT NOT NULL
        ) STRICT;

        CREATE TABLE estimate (
            area TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            until INTEGER NOT NULL,
            value REAL NOT NULL,
            standard_error REAL NOT NULL,
            lower REAL NOT NULL,
            upper REAL NOT NULL,
            status INTEGER NOT NULL CHECK (status IN (0, 1)),
            PRIMARY KEY (area, quantity, resolution, start)
        ) STRICT, WITHOUT ROWID;

        -- A copy of each newest estimate: what every visitor asks for lies together on a few pages.
        CREATE TABLE latest_estimate (
            resolution INTEGER NOT NULL,
            area TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            start INTEGER NOT NULL,
            until INTEGER NOT NULL,
            value REAL NOT NULL,
            standard_error REAL NOT NULL,
            lower REAL NOT NULL,
            upper REAL NOT NULL,
            status INTEGER NOT NULL CHECK (status IN (0, 1)),
            PRIMARY KEY (resolution, area, quantity)
        ) STRICT, WITHOUT ROWID;
        """;

    // A plan that was fixed before this step has no calibrations, so that its devices' models do not matter.
    const string DeviceModels = """
        ALTER TABLE vault_device ADD COLUMN model TEXT NOT NULL DEFAULT '';
        ALTER TABLE vault_plan_device ADD COLUMN model TEXT NOT NULL DEFAULT '';
        """;

    // First come, first kept; read in the order in which the values became known.
    const string ReferenceValues = """
        CREATE TABLE reference_value (
            station TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            window INTEGER NOT NULL,
            value REAL NOT NULL,
            known_from INTEGER NOT NULL CHECK (known_from >= window),
            PRIMARY KEY (station, quantity, window)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reference_value_by_known_from ON reference_value (known_from, window, station, quantity);
        """;

    const string ModelVersions = """
        CREATE TABLE model_version (
            quantity INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            from_window INTEGER NOT NULL,
            parameters TEXT NOT NULL,
            PRIMARY KEY (quantity, number)
        ) STRICT, WITHOUT ROWID;
        """;

    // Of devices only: nobody else has a session that outlives its connection. It goes with the device.
    const string MqttSessions = """
        CREATE TABLE vault_mqtt_sessions (
            device_id INTEGER NOT NULL REFERENCES vault_device (id) ON DELETE CASCADE,
            client_id TEXT NOT NULL,
            expires_at INTEGER,
            state BLOB NOT NULL CHECK (length(state) > 0),
            PRIMARY KEY (device_id, client_id)
        ) STRICT, WITHOUT ROWID;
        """;

    // A number that has been given once is never given again, whoever deletes the row: the plans and budgets of open days go by numbers.
    const string Departures = """
        CREATE TABLE vault_departed_device (
            sequence INTEGER PRIMARY KEY,
            device_id INTEGER NOT NULL UNIQUE
        ) STRICT;
        CREATE TRIGGER vault_device_departs AFTER DELETE ON vault_device BEGIN
            INSERT INTO vault_departed_device (device_id) VALUES (OLD.id);
        END;

        CREATE TABLE vault_departed_owner (
            owner_id INTEGER PRIMARY KEY
        ) STRICT;
        CREATE TRIGGER vault_owner_departs AFTER DELETE ON vault_owner BEGIN
            INSERT INTO vault_departed_owner (owner_id) VALUES (OLD.id);
        END;
        """;

    // What is replaced is kept by whoever replaces it. An estimate without a time, and a history that has not begun, are from before this
    // step; the history begins with the first estimate that is written after it. A database without estimates has its whole history.
    const string EstimateRevisions = """
        ALTER TABLE estimate ADD COLUMN published_at INTEGER;

        CREATE TABLE superseded_estimate (
            area TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            published_until INTEGER NOT NULL,
            published_from INTEGER CHECK (published_from < published_until),
            until INTEGER NOT NULL,
            value REAL NOT NULL,
            standard_error REAL NOT NULL,
            lower REAL NOT NULL,
            upper REAL NOT NULL,
            status INTEGER NOT NULL CHECK (status IN (0, 1)),
            PRIMARY KEY (area, quantity, resolution, start, published_until)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER estimate_is_superseded AFTER UPDATE ON estimate BEGIN
            INSERT INTO superseded_estimate (area, quantity, resolution, start, published_until, published_from,
                until, value, standard_error, lower, upper, status)
            VALUES (OLD.area, OLD.quantity, OLD.resolution, OLD.start, NEW.published_at, OLD.published_at,
                OLD.until, OLD.value, OLD.standard_error, OLD.lower, OLD.upper, OLD.status);
        END;

        CREATE TABLE revision_history (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            begins INTEGER
        ) STRICT;
        INSERT INTO revision_history (id, begins) SELECT 1, NULL WHERE EXISTS (SELECT 1 FROM estimate);
        """;

    // The key is that of ContributionKey: numbers are compared faster than records, and take less room. The columns after last_offset are
    // calculated when they are read. The time counts from the beginning of its hour, because small numbers take few bytes.
    const string ContributionKeys = """
        ALTER TABLE vault_contribution RENAME TO vault_contribution_before;
        CREATE TABLE vault_contribution (
            key INTEGER PRIMARY KEY,
            count INTEGER NOT NULL CHECK (count >= 1),
            sum REAL NOT NULL,
            last_offset INTEGER NOT NULL,
            window INTEGER GENERATED ALWAYS AS (key >> 40) VIRTUAL,
            device_id INTEGER GENERATED ALWAYS AS ((key >> 8) & 4294967295) VIRTUAL,
            quantity INTEGER GENERATED ALWAYS AS (key & 255) VIRTUAL,
            last_time INTEGER GENERATED ALWAYS AS ((key >> 40) * 3600000 + last_offset) VIRTUAL
        ) STRICT;
        INSERT INTO vault_contribution (key, count, sum, last_offset)
            SELECT (window << 40) + (device_id << 8) + quantity, count, sum, last_time - window * 3600000
            FROM vault_contribution_before ORDER BY window, device_id, quantity;
        DROP TABLE vault_contribution_before;
        """;
}
