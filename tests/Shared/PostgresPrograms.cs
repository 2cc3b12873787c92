namespace CivicSense.Tests;

/// <summary>The programs of a PostgreSQL on this machine, of which tests start servers of their own.</summary>
/// <param name="Folder">Where <c>initdb</c>, <c>postgres</c> and their like are.</param>
/// <param name="LoadsTimescale">Whether its servers load the extension timescaledb, so that databases are made with it.</param>
sealed record PostgresPrograms(string Folder, bool LoadsTimescale)
{
    /// <summary>Names the folder to take instead of where Debian's are.</summary>
    public const string Variable = "CIVICSENSE_TEST_POSTGRES_PROGRAMS";

    /// <summary>Names the folder of one in which the extension timescaledb is installed.</summary>
    public const string TimescaleVariable = "CIVICSENSE_TEST_TIMESCALE_PROGRAMS";

    /// <summary>
    /// What its servers are told besides. Each database with the extension has a scheduler of its own, and the tests have many databases.
    /// </summary>
    public string Settings => LoadsTimescale
        ? "-c shared_preload_libraries=timescaledb -c timescaledb.telemetry_level=off "
            + "-c timescaledb.max_background_workers=32 -c max_worker_processes=48"
        : "";

    /// <summary>Those of the environment variable, or else those that are installed; null where there are none.</summary>
    public static PostgresPrograms? Find() => Given(Variable, loadsTimescale: false) ?? Installed();

    /// <summary>Those with the extension; null where the environment variable names none.</summary>
    public static PostgresPrograms? FindTimescale() => Given(TimescaleVariable, loadsTimescale: true);

    /// <summary>The one of its programs with this name.</summary>
    public string Program(string name) => Path.Combine(Folder, name);

    static PostgresPrograms? Given(string variable, bool loadsTimescale)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } folder)
            return null;
        return IsThere(folder)
            ? new PostgresPrograms(folder, loadsTimescale)
            : throw new InvalidOperationException($"{variable} names '{folder}', where there is no initdb.");
    }

    static PostgresPrograms? Installed()
    {
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        return installed.Append("/usr/local/bin").Append("/usr/bin").FirstOrDefault(IsThere) is { } folder
            ? new PostgresPrograms(folder, LoadsTimescale: false)
            : null;
    }

    static bool IsThere(string folder) => File.Exists(Path.Combine(folder, "initdb"));
}
