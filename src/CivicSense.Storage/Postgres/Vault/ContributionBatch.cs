using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>The columns of one commit of contributions, sorted by key and each key once: the last one given.</summary>
/// <remarks>Once, because one statement cannot replace a row twice.</remarks>
sealed class ContributionBatch
{
    readonly long[] hours;
    readonly int[] devices;
    readonly short[] quantities;
    readonly int[] counts;
    readonly double[] sums;
    readonly long[] lastTimes;

    ContributionBatch(Contribution[] rows)
    {
        hours = Array.ConvertAll(rows, row => row.Window.Index);
        devices = Array.ConvertAll(rows, row => row.DeviceId);
        quantities = Array.ConvertAll(rows, row => (short)row.QuantityOrdinal);
        counts = Array.ConvertAll(rows, row => row.Count);
        sums = Array.ConvertAll(rows, row => row.Sum);
        lastTimes = Array.ConvertAll(rows, row => row.LastTime);
    }

    public IEnumerable<HourWindow> Windows => hours.Select(hour => new HourWindow(hour));

    /// <exception cref="InvalidOperationException">
    /// A contribution holds no reading. The database would refuse it, too, but quote it in its own log.
    /// </exception>
    public static ContributionBatch Of(ReadOnlySpan<Contribution> contributions)
    {
        foreach (ref readonly var contribution in contributions)
        {
            if (contribution.Count < 1)
                throw new InvalidOperationException("A contribution holds no reading.");
        }
        var order = ContributionOrder.Of(contributions);
        var rows = new Contribution[order.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = contributions[order[i]];
        return new ContributionBatch(rows);
    }

    /// <summary>What writes them, in this order.</summary>
    public NpgsqlBatchCommand[] Commands(IngestIdentity process) =>
    [
        Sql.Command(
            "SELECT vault.begin_commit($1, $2, $3)", Sql.Value(hours[0]), Sql.Value(process.Name), Sql.Value(process.Incarnation)),
        Sql.Command(
            """
            INSERT INTO vault.contribution (hour, device_id, quantity, ingest_node, count, sum, last_time)
            SELECT hour, device_id, quantity, $7, count, sum, last_time
            FROM unnest($1::bigint[], $2::integer[], $3::smallint[], $4::integer[], $5::float8[], $6::bigint[])
                AS batch (hour, device_id, quantity, count, sum, last_time)
            WHERE NOT EXISTS (SELECT FROM vault.departed_device AS departed WHERE departed.device_id = batch.device_id)
            ON CONFLICT (hour, device_id, quantity, ingest_node)
                DO UPDATE SET count = excluded.count, sum = excluded.sum, last_time = excluded.last_time
            """,
            Sql.Value(hours), Sql.Value(devices), Sql.Value(quantities), Sql.Value(counts), Sql.Value(sums), Sql.Value(lastTimes),
            Sql.Value(process.Name)),
    ];
}
