using System.Collections.Concurrent;
using CivicSense.Commons;

namespace CivicSense.Storage;

/// <summary>
/// Sees to it that the month of a row has a partition before the row is written, and the month after it as well. When a new month of
/// contributions begins, those that have been released are dropped: they are empty, and looked into by whatever asks for all hours.
/// </summary>
/// <remarks>
/// Not in the writer's transaction: if that were undone, the partition would go with it, and this would not know. Hypertables make their
/// chunks by themselves; those of contributions are dropped as well, because a retention policy runs only where there is a scheduler.
/// </remarks>
sealed class MonthPartitions(PostgresPool pool, PostgresLayout layout)
{
    const string Contributions = "contribution";

    readonly ConcurrentDictionary<(string Table, int Month), bool> present = [];

    /// <summary>Makes what is missing in <c>vault.contribution</c> or <c>commons.measurement</c>.</summary>
    public ValueTask EnsureHoursAsync(string table, IEnumerable<HourWindow> windows, CancellationToken cancellationToken) =>
        EnsureAsync(table, windows.Select(window => window.Start), cancellationToken);

    /// <summary>Makes what is missing in a table.</summary>
    public async ValueTask EnsureAsync(string table, IEnumerable<DateTimeOffset> instants, CancellationToken cancellationToken)
    {
        if (layout != PostgresLayout.Partitions && table != Contributions)
            return;
        SortedSet<int>? missing = null;
        int? before = null;
        foreach (var instant in instants)
        {
            var month = instant.UtcDateTime.Year * 12 + instant.UtcDateTime.Month - 1;
            if (month == before)
                continue;
            before = month;
            if (!present.ContainsKey((table, month)))
                (missing ??= []).Add(month);
        }
        if (missing is null)
            return;
        foreach (var month in missing.ToArray())
            missing.Add(month + 1);
        if (layout == PostgresLayout.Partitions)
        {
            await pool.ExecuteAsync(
                cancellationToken,
                Sql.Command("SELECT vault.add_months($1, $2)", Sql.Value(table), Sql.Value(missing.Select(FirstDay).ToArray())));
        }
        foreach (var month in missing)
            present[(table, month)] = true;
        if (table == Contributions)
            await pool.ExecuteAsync(cancellationToken, Sql.Command("SELECT vault.drop_released_months()"));
    }

    static DateOnly FirstDay(int month) => new(month / 12, month % 12 + 1, 1);
}
