using System.Globalization;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>Shows measurements to people and writes them to a file.</summary>
static class MeasurementTable
{
    static readonly (string Title, Func<Measurement, string> Value)[] Columns =
    [
        ("server", row => row.Server),
        ("load", row => row.What),
        ("messages/s", row => Number(row.Rate, "N0")),
        ("p50 ms", row => Number(row.P50, "0.0")),
        ("p99 ms", row => Number(row.P99, "0.0")),
        ("p99.9 ms", row => Number(row.P999, "0.0")),
        ("CPU us/message", row => Number(row.ProcessorMicroseconds, "0.00")),
        ("bytes/message", row => Number(row.AllocatedBytes, "0.00")),
        ("resident MB", row => Number(row.ResidentBytes / 1e6, "0")),
        ("lost", row => row.Lost?.ToString(CultureInfo.InvariantCulture) ?? "-"),
    ];

    public static void Print(TextWriter output, IReadOnlyList<Measurement> rows)
    {
        output.WriteLine("| " + string.Join(" | ", Columns.Select(column => column.Title)) + " |");
        output.WriteLine("|" + string.Concat(Columns.Select(_ => "---|")));
        foreach (var row in rows)
            output.WriteLine("| " + string.Join(" | ", Columns.Select(column => column.Value(row))) + " |");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{LinuxProcess.ProcessorName}, {Environment.ProcessorCount} processors, .NET {Environment.Version}; server on one processor, load on another; payload {PublishTemplate.PayloadLength} bytes"));
    }

    public static void WriteCsv(TextWriter output, IReadOnlyList<Measurement> rows)
    {
        output.WriteLine(string.Join(',', Columns.Select(column => column.Title)));
        foreach (var row in rows)
            output.WriteLine(string.Join(',', Columns.Select(column => column.Value(row).Replace(",", "", StringComparison.Ordinal))));
    }

    static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
