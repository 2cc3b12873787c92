using System.Globalization;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>
/// Says to PostgreSQL's own programs what a connection string says to Npgsql: in environment variables, which nobody else can read.
/// </summary>
/// <remarks>PostgreSQL's manual, "libpq, Environment Variables".</remarks>
static class LibpqEnvironment
{
    /// <summary>The variables. What the connection string leaves open, libpq finds as Npgsql does.</summary>
    /// <exception cref="UnusableDatabaseException">It names several servers.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Of(NpgsqlConnectionStringBuilder server)
    {
        if (server.Host?.Contains(',', StringComparison.Ordinal) == true)
            throw new UnusableDatabaseException(
                "The connection string names several servers. Name the one that is meant with --connection.");
        (string Name, string? Value)[] variables =
        [
            ("PGHOST", server.Host), ("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture)),
            ("PGDATABASE", server.Database ?? server.Username),
            ("PGUSER", server.Username), ("PGPASSWORD", server.Password), ("PGPASSFILE", server.Passfile),
            ("PGSSLMODE", SslMode(server.SslMode)),
            ("PGSSLROOTCERT", server.RootCertificate), ("PGSSLCERT", server.SslCertificate), ("PGSSLKEY", server.SslKey),
            ("PGSSLPASSWORD", server.SslPassword), ("PGOPTIONS", server.Options),
            ("PGCONNECT_TIMEOUT", server.Timeout.ToString(CultureInfo.InvariantCulture)),
            ("PGAPPNAME", server.ApplicationName), ("PGCLIENTENCODING", "UTF8"),
        ];
        return variables.Where(variable => !string.IsNullOrEmpty(variable.Value))
            .Select(variable => KeyValuePair.Create(variable.Name, variable.Value!));
    }

    static string SslMode(SslMode mode) => mode switch
    {
        Npgsql.SslMode.Disable => "disable",
        Npgsql.SslMode.Allow => "allow",
        Npgsql.SslMode.Require => "require",
        Npgsql.SslMode.VerifyCA => "verify-ca",
        Npgsql.SslMode.VerifyFull => "verify-full",
        _ => "prefer",
    };
}
