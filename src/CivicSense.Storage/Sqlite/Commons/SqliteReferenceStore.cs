using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>Adds the values of official stations.</summary>
sealed class SqliteReferenceStore(SqliteWriter writer, CommonsChanges changes) : IReferenceStore
{
    public async ValueTask<IReadOnlyList<ReferenceValue>> AddAsync(
        IReadOnlyList<ReferenceValue> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            return [];
        try
        {
            return await writer.WriteAsync(session => Add(session, values), cancellationToken);
        }
        finally
        {
            changes.Note();
        }
    }

    static List<ReferenceValue> Add(SqliteSession session, IReadOnlyList<ReferenceValue> values)
    {
        var added = new List<ReferenceValue>();
        foreach (var value in values)
        {
            var insert = session.Prepare("""
                INSERT INTO reference_value (station, quantity, window, value, known_from) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (station, quantity, window) DO NOTHING RETURNING 1
                """);
            insert.Bind(1, value.Station).Bind(2, value.Quantity.Ordinal).Bind(3, value.Window.Index).Bind(4, value.Value)
                .Bind(5, value.KnownFrom.Index);
            var isNew = false;
            while (insert.Step())
                isNew = true;
            if (isNew)
                added.Add(value);
        }
        return added;
    }
}
