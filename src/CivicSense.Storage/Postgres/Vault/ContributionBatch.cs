using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>The columns of one commit of contributions, sorted by key and each key once: the last one given.</summary>
/// <remarks>
/// Sorted, because then neighbouring rows go to the same pages of the index. Once, because one statement cannot replace a row twice.
/// </remarks>
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
        var rows = contributions.ToArray();
        if (!IsInOrder(rows))
            rows = Sort(rows);
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

    static bool IsInOrder(Contribution[] rows)
    {
        for (var i = 1; i < rows.Length; i++)
        {
            if (Compare(rows[i - 1], rows[i]) >= 0)
                return false;
        }
        return true;
    }

    static Contribution[] Sort(Contribution[] rows)
    {
        // A stable sort leaves the last one given behind its equals.
        var sorted = rows.Order(Comparer<Contribution>.Create(Compare)).ToArray();
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || Compare(sorted[i], sorted[i + 1]) != 0)
                sorted[kept++] = sorted[i];
        }
        return sorted[..kept];
    }

    static int Compare(Contribution left, Contribution right)
    {
        var order = left.Window.CompareTo(right.Window);
        if (order == 0)
            order = left.DeviceId.CompareTo(right.DeviceId);
        return order != 0 ? order : left.QuantityOrdinal.CompareTo(right.QuantityOrdinal);
    }
}
