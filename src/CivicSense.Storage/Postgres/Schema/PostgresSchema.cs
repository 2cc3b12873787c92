using System.Security.Cryptography;
using System.Text;

namespace CivicSense.Storage;

/// <summary>How the large tables of a database are divided, found out when it is first migrated.</summary>
enum PostgresLayout
{
    /// <summary>PostgreSQL alone: range partitions of one month each.</summary>
    Partitions,

    /// <summary>TimescaleDB's Apache build: hypertables, without what only its community licence has.</summary>
    Hypertables,

    /// <summary>TimescaleDB: hypertables with compression, policies and continuous aggregates.</summary>
    Timescale,
}

/// <summary>One step of the schema, in the texts of the layouts. A step that has been in a release is never changed.</summary>
/// <param name="Name">What it does, in a word or two.</param>
/// <param name="Text">The SQL of one layout.</param>
sealed record PostgresStep(string Name, Func<PostgresLayout, string> Text)
{
    /// <summary>SHA-256 over the texts of all layouts, so that it does not depend on the server.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Enum.GetValues<PostgresLayout>().Select(Text)).ReplaceLineEndings("\n"))));
}

/// <summary>The steps from an empty database to the present schema.</summary>
static class PostgresSchema
{
    public static IReadOnlyList<PostgresStep> Steps { get; } =
    [
        new("tables", PostgresTables.Create),
        new("partitions", PostgresPartitions.Create),
        new("roll-ups", PostgresRollUps.Create),
        new("erasure", _ => PostgresErasure.Create),
        new("release lease", _ => PostgresLease.Create),
        new("ingest processes", _ => PostgresIngestProcesses.Create),
        new("old partitions", PostgresPartitions.CreateDropping),
        new("sessions of processes", _ => PostgresDeviceSessions.Divide),
        new("clock of the database", _ => PostgresIngestProcesses.TellTime),
        new("estimate revisions", PostgresEstimateRevisions.Create),
        new("version of the public side", _ => PostgresVersion.Create),
        new("old chunks", PostgresPartitions.CreateDroppingOfChunks),
        new("index of series", PostgresSeriesIndex.Create),
    ];
}
