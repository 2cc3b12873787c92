using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Adds versions of the model.</summary>
sealed class SqliteModelVersionStore(SqliteWriter writer, CommonsChanges changes) : IModelVersionStore
{
    public async ValueTask WriteAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        try
        {
            await writer.WriteAsync(session => Add(session, version), cancellationToken);
        }
        finally
        {
            changes.Note();
        }
    }

    static bool Add(SqliteSession session, ModelVersion version)
    {
        var insert = session.Prepare("""
            INSERT INTO model_version (quantity, number, from_window, parameters) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (quantity, number) DO NOTHING
            """);
        insert.Bind(1, version.Quantity.Ordinal).Bind(2, version.Number).Bind(3, version.From.Index)
            .Bind(4, JsonSerializer.Serialize(version.Values)).Run();
        return true;
    }
}
