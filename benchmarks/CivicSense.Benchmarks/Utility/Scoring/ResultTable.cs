using System.Globalization;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Writes results for people, and as CSV with one row more for each area.</summary>
static class ResultTable
{
    /// <summary>The rows that speak for all areas, in columns.</summary>
    public static void Print(TextWriter output, IReadOnlyList<ResultRow> rows)
    {
        var lines = new List<string[]>
        {
            (string[])["method", "owners", "epsilon", "reference", "status", "period", "count", "MAE", "RMSE", "bias", "covered",
                "by area", "width",
                "shown", "skill"],
        };
        lines.AddRange(rows.Where(row => row.Area == ResultRow.AllAreas).Select(row => (string[])
        [
            row.Method, Text(row.Owners), row.Cost is null ? "" : row.Cost.Epsilon.ToString(CultureInfo.InvariantCulture), row.Reference,
            Name(row.Status), Name(row.Resolution), Text(row.Score.Count), Text(row.Score.MeanAbsoluteError, "F2"),
            Text(row.Score.RootMeanSquareError, "F2"), Text(row.Score.Bias, "F2"), Text(row.Score.Coverage, "F3"),
            double.IsNaN(row.Score.LeastAreaCoverage)
                ? ""
                : $"{Text(row.Score.LeastAreaCoverage, "F3")}-{Text(row.Score.MostAreaCoverage, "F3")}",
            Text(row.Score.IntervalWidth, "F2"), Text(row.Score.Shown, "F3"), Text(row.Score.Skill, "F3"),
        ]));
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            output.WriteLine(
                string.Join("  ",
                line.Select((cell, column) => column is 0 or 3 or 4 or 5 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))
                .TrimEnd());
    }

    /// <summary>All rows as CSV, numbers in full.</summary>
    public static void WriteCsv(TextWriter output, IReadOnlyList<ResultRow> rows)
    {
        output.Write(
            "method,owners,epsilon,delta,reference,status,resolution,area,count,mae,rmse,bias,coverage,interval_width,share_shown,skill\n");
        foreach (var row in rows)
        {
            output.Write(string.Join(',',
                row.Method, Text(row.Owners), row.Cost?.Epsilon.ToString(CultureInfo.InvariantCulture) ?? "",
                Text(row.Cost?.Delta ?? double.NaN, "R"),
                row.Reference, Name(row.Status), Name(row.Resolution), row.Area, Text(row.Score.Count),
                Text(row.Score.MeanAbsoluteError, "R"),
                Text(row.Score.RootMeanSquareError, "R"), Text(row.Score.Bias, "R"), Text(row.Score.Coverage, "R"),
                Text(row.Score.IntervalWidth, "R"), Text(row.Score.Shown, "R"), Text(row.Score.Skill, "R")));
            output.Write('\n');
        }
    }

    static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(double number, string format) => double.IsNaN(number) ? "" : number.ToString(format, CultureInfo.InvariantCulture);
}
