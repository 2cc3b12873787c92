using System.Globalization;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>What charts are made of: axes, and the outlines of estimates over time.</summary>
static class ChartParts
{
    public static void DrawValueAxis(Html html, ChartScale scale, ChartInk ink, Words words)
    {
        foreach (var tick in scale.Ticks)
        {
            html.Append($"""<path {ink.Grid} d="M{ChartScale.Left} {scale.Y(tick):F1}H{ChartScale.Width - ChartScale.Right}"/>""");
            html.Append($"""<text {ink.Text} x="{ChartScale.Left - 6}" y="{scale.Y(tick) + 5:F1}" text-anchor="end">""")
                .Append($"{words.Number(tick, "0.##")}</text>");
        }
    }

    public static void DrawDays(Html html, ChartScale scale, IReadOnlyList<Estimate> estimates, ChartInk ink, Words words)
    {
        var starts = new List<DateTimeOffset>();
        for (var i = 0; i < estimates.Count; i++)
        {
            if (i == 0 || words.Local(estimates[i].Start).Date != words.Local(estimates[i - 1].Start).Date)
                starts.Add(estimates[i].Start);
        }
        // The first is mostly the rest of a day, so eight starts are seven days.
        var step = Math.Max(1, (starts.Count + 5) / 7);
        var hasMonth = step > 1 || estimates[0].Resolution > Resolution.Day;
        for (var i = 0; i < starts.Count; i += step)
        {
            var x = scale.X(starts[i]);
            var next = i + step < starts.Count ? scale.X(starts[i + step]) : ChartScale.Width - ChartScale.Right;
            html.Append($"""<path {ink.Grid} d="M{x:F0} {ChartScale.Top}V{ChartScale.Height - ChartScale.Bottom}"/>""");
            if (next - x >= 60)
            {
                html.Append($"""<text {(i / step % 2 == 0 ? ink.Every : ink.Wide)} x="{x + 2:F0}" y="{ChartScale.Height - 12}">""")
                    .Append($"{words.Tick(starts[i], hasMonth)}</text>");
            }
        }
    }

    /// <summary>Stretches without a gap in time whose estimates satisfy a condition.</summary>
    public static IEnumerable<List<Estimate>> Runs(IReadOnlyList<Estimate> estimates, Func<Estimate, bool> condition)
    {
        var run = new List<Estimate>();
        foreach (var estimate in estimates)
        {
            if (run.Count > 0 && (!condition(estimate) || run[^1].End < estimate.Start))
            {
                yield return run;
                run = [];
            }
            if (condition(estimate)) run.Add(estimate);
        }
        if (run.Count > 0) yield return run;
    }

    /// <summary>A run of one would be an invisible dot: its line is drawn over its whole duration.</summary>
    public static string Line(List<Estimate> run, ChartScale scale)
    {
        if (run is [var only])
            return Invariant($"M{scale.X(only.Start):F0} {scale.Y(only.Value):F0}H{scale.X(only.End):F0}");
        var path = new StringBuilder("M");
        foreach (var estimate in run)
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Value):F0} ");
        return path.ToString().TrimEnd();
    }

    public static string Band(List<Estimate> run, ChartScale scale)
    {
        if (run is [var only])
        {
            var (left, right, top, bottom) = (scale.X(only.Start), scale.X(only.End), scale.Y(only.Upper), scale.Y(only.Lower));
            return Invariant($"M{left:F0} {top:F0}H{right:F0}V{bottom:F0}H{left:F0}Z");
        }
        var path = new StringBuilder("M");
        foreach (var estimate in run)
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Upper):F0} ");
        foreach (var estimate in Enumerable.Reverse(run))
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Lower):F0} ");
        return path.ToString().TrimEnd() + "Z";
    }

    static DateTimeOffset Middle(Estimate estimate) => estimate.Start + (estimate.End - estimate.Start) / 2;

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
