using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Adds versions of the model while this process leads.</summary>
sealed class PostgresModelVersionStore(PostgresReleaseLease lease) : IModelVersionStore
{
    public async ValueTask WriteAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        await lease.ExecuteWhileHeldAsync(
            cancellationToken,
            Sql.Command(
                """
                INSERT INTO commons.model_version (quantity, number, from_hour, parameters) VALUES ($1, $2, $3, $4)
                ON CONFLICT (quantity, number) DO NOTHING
                """,
                Sql.Value((short)version.Quantity.Ordinal), Sql.Value(version.Number), Sql.Value(version.From.Index),
                Sql.Value(JsonSerializer.Serialize(version.Values))));
    }
}
