using System.Globalization;
using CivicSense.Benchmarks.Archive;
using CivicSense.Commons;
using Microsoft.Data.Sqlite;

namespace CivicSense.Benchmarks.Datasets;

/// <summary>Fills a database with a month that is final: plans, ledger, measurements and estimates as a node has them.</summary>
/// <remarks>
/// What matters for the size of files is drawn as it is in earnest: noise of the plan's sigma on the plan's grid, baselines and estimates
/// with all their digits that wander from hour to hour and differ between areas.
/// </remarks>
sealed class FilledMonth(string path, int areaCount)
{
    const int Grid = 1 << 20;
    const decimal Rho = 0.028m;

    static readonly Quantity[] Quantities = [Quantity.Pm25, Quantity.Pm10, Quantity.No2, Quantity.Laeq];
    static readonly DateOnly First = new(2026, 11, 1);

    readonly Random random = new(1);
    readonly double sigma = 1 / Math.Sqrt(2 * (double)Rho);
    readonly Area[] areas =
        [.. Enumerable.Range(0, areaCount).Select(number => Area.FromPosition(50 + number / 25 * 0.02, 4 + number % 25 * 0.03)).Order()];

    public void Fill()
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; BEGIN");
        var nodes = AreaTree.Build(areas).Nodes.Select(node => node.Area).ToArray();
        var states = Quantities.ToDictionary(quantity => quantity, _ => (City: 0.0, Local: new double[nodes.Length]));
        var previous = LedgerEntry.Genesis;
        var sequence = 0L;
        using var measurement = Prepare(connection, "INSERT INTO measurement VALUES (?1, ?2, ?3, ?4, ?5, ?6)", 6);
        using var estimate =
            Prepare(connection, $"INSERT INTO estimate ({ArchiveShape.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?5)", 9);
        // A month, and the days after which its last hour is final.
        for (var date = First; date < First.AddMonths(1).AddDays(3); date = date.AddDays(1))
        {
            var plan = PlanOf(new PrivacyDay(date));
            Bind(Prepare(connection, "INSERT INTO plan VALUES (?1, ?2, ?3, ?4)", 4), date.DayNumber - new DateOnly(1970, 1, 1).DayNumber,
                Rho.ToString(CultureInfo.InvariantCulture), PlanDocument.Hash(plan), PlanDocument.Write(plan)).ExecuteNonQuery();
            foreach (var window in plan.Windows())
            {
                var entry = LedgerEntry.Create(
                    new LedgerRecord(++sequence, LedgerEntryKind.Window, window.End, plan.Day, window, PlanDocument.Hash(plan),
                        plan.KeyCount, LedgerEntry.Genesis, Rho),
                    previous);
                previous = entry.Hash;
                Bind(Prepare(connection, "INSERT INTO ledger VALUES (?1, ?2, ?3)", 3), sequence, entry.Hash, entry.Document)
                    .ExecuteNonQuery();
                foreach (var quantity in Quantities)
                    AddHour(measurement, estimate, quantity, window, sequence, nodes, states);
            }
        }
        Execute(connection, "COMMIT");
    }

    void AddHour(
        SqliteCommand measurement, SqliteCommand estimate, Quantity quantity, HourWindow window, long sequence, Area[] nodes,
        Dictionary<Quantity, (double City, double[] Local)> states)
    {
        var (city, local) = states[quantity];
        city = 0.97 * city + 0.12 * Normal();
        states[quantity] = (city, local);
        var released = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            local[i] = 0.95 * local[i] + 0.05 * Normal();
            var scale = quantity.ToModelScale(quantity.PriorMean) + 0.4 * city + 0.2 * Math.Sin(2 * Math.PI * window.Index / 24) + local[i];
            var deviation = 0.08 + 0.02 * Math.Abs(local[i]);
            Bind(estimate, nodes[i].QuadKey, quantity.Ordinal, (long)Resolution.Hour, window.Start.ToUnixTimeMilliseconds(),
                window.End.ToUnixTimeMilliseconds(),
                quantity.FromModelScale(scale), deviation * quantity.UnitsPerModelScale(scale),
                quantity.FromModelScale(scale - 1.96 * deviation),
                quantity.FromModelScale(scale + 1.96 * deviation)).ExecuteNonQuery();
            if (released == areas.Length || nodes[i] != areas[released])
                continue;
            released++;
            Bind(measurement, window.Index, nodes[i].QuadKey, quantity.Ordinal,
                (long)Math.Round((sigma * Normal() + 0.3 * local[i]) * Grid),
                quantity.FromModelScale(scale + 0.05 * Normal()), sequence).ExecuteNonQuery();
        }
    }

    ReleasePlan PlanOf(PrivacyDay day) => new()
    {
        Day = day,
        TimeZone = "Etc/UTC",
        FirstWindow = day.Windows(TimeZoneInfo.Utc)[0],
        LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [.. areas.Select(area => new PlannedArea(area, 6))],
        Quantities = [.. Quantities.Select(
            quantity => new PlannedQuantity(quantity, 0.2m, Math.Sqrt(0.2) / quantity.TypicalDayNorm, quantity.ResidualCap))],
        Rho = Rho,
        Sigma = sigma,
        Grid = Grid,
        ActivityWeight = 300_000,
    };

    /// <summary>A standard normal number (Box and Muller 1958).</summary>
    double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"?{i}"), null));
        return command;
    }

    static SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
