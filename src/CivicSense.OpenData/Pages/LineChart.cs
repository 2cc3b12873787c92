using System.Globalization;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>
/// A chart of estimates over time as inline SVG: the 95 % interval as a band, the estimate as a line, and nothing where it is not known.
/// </summary>
sealed class LineChart(string id, string title, Words words)
{
    const int Width = 640;
    const int Height = 300;
    const int Left = 52;
    const int Right = 10;
    const int Top = 14;
    const int Bottom = 36;
    const int TicksWanted = 4;

    /// <summary>Draws estimates of one quantity and resolution that are ordered by start.</summary>
    /// <param name="estimates">At least one.</param>
    /// <param name="isTooUncertain">For which estimates the band is drawn but no line.</param>
    /// <param name="guideline">A line to compare with, and its name; or null.</param>
    public Html Draw(IReadOnlyList<Estimate> estimates, Func<Estimate, bool> isTooUncertain, (double Value, string Name)? guideline = null)
    {
        var quantity = estimates[0].Quantity;
        var scale = Scale.Of(estimates, guideline?.Value);
        var html = new Html();
        html.Append($"<figure><svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">");
        html.Append($"<title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{Describe(estimates, quantity)}</desc>");
        DrawValueAxis(html, scale);
        DrawDays(html, scale, estimates);
        foreach (var run in Runs(estimates, _ => true))
            html.Append($"<path class=\"band\" d=\"{Band(run, scale)}\"/>");
        if (guideline is { } line)
        {
            html.Append($"<path class=\"guide\" d=\"M{Left} {scale.Y(line.Value):F1}H{Width - Right}\"/>");
            html.Append($"<text class=\"guide-name\" x=\"{Width - Right}\" y=\"{scale.Y(line.Value) - 5:F1}\" text-anchor=\"end\">{line.Name}</text>");
        }
        foreach (var run in Runs(estimates, estimate => !isTooUncertain(estimate)))
            html.Append($"<path class=\"line\" d=\"{Line(run, scale)}\"/>");
        html.Append($"</svg><figcaption>{title}. Line: most likely value. Band: 95 % interval, in {quantity.UnitSymbol}.");
        if (estimates.Any(isTooUncertain)) html.Append($" Where the line is missing, that {ResolutionName.Write(estimates[0].Resolution)} is too uncertain to name one value.");
        return html.Append($" {State(estimates)}</figcaption></figure>");
    }

    string Describe(IReadOnlyList<Estimate> estimates, Quantity quantity)
    {
        var highest = estimates.MaxBy(estimate => estimate.Value)!;
        var lowest = estimates.MinBy(estimate => estimate.Value)!;
        var newest = estimates[^1];
        return $"From {When(estimates[0])} to {When(newest)}, in {quantity.UnitSymbol}. "
            + $"Lowest: most likely {Words.Value(lowest)} ({When(lowest)}). Highest: most likely {Words.Value(highest)} ({When(highest)}). "
            + $"Newest: {Words.Interval(newest)}.";
    }

    string When(Estimate estimate) => words.Period(estimate);

    /// <summary>Which numbers of a history are final.</summary>
    string State(IReadOnlyList<Estimate> estimates)
    {
        var final = estimates.LastOrDefault(estimate => estimate.Status == EstimateStatus.Final);
        return final is null ? "All numbers are provisional and may still be revised."
            : final == estimates[^1] ? "All numbers are final: revised once with what came later."
            : $"Up to {When(final)} the numbers are final: revised once with what came later. The newer ones are provisional.";
    }

    static void DrawValueAxis(Html html, Scale scale)
    {
        foreach (var tick in scale.Ticks)
        {
            html.Append($"<path class=\"grid\" d=\"M{Left} {scale.Y(tick):F1}H{Width - Right}\"/>");
            html.Append($"<text x=\"{Left - 6}\" y=\"{scale.Y(tick) + 5:F1}\" text-anchor=\"end\">{tick:0.##}</text>");
        }
    }

    void DrawDays(Html html, Scale scale, IReadOnlyList<Estimate> estimates)
    {
        var starts = new List<DateTimeOffset>();
        for (var i = 0; i < estimates.Count; i++)
        {
            if (i == 0 || words.Local(estimates[i].Start).Date != words.Local(estimates[i - 1].Start).Date)
                starts.Add(estimates[i].Start);
        }
        // The first is mostly the rest of a day, so eight starts are seven days.
        var step = Math.Max(1, (starts.Count + 5) / 7);
        for (var i = 0; i < starts.Count; i += step)
        {
            var x = scale.X(starts[i]);
            var next = i + step < starts.Count ? scale.X(starts[i + step]) : Width - Right;
            html.Append($"<path class=\"grid\" d=\"M{x:F0} {Top}V{Height - Bottom}\"/>");
            if (next - x >= 60)
                html.Append($"<text class=\"{(i / step % 2 == 0 ? "every" : "wide")}\" x=\"{x + 2:F0}\" y=\"{Height - 12}\">{words.Local(starts[i]).ToString(step > 1 ? "d MMM" : "ddd d", CultureInfo.InvariantCulture)}</text>");
        }
    }

    /// <summary>Stretches without a gap in time whose estimates satisfy a condition.</summary>
    static IEnumerable<List<Estimate>> Runs(IReadOnlyList<Estimate> estimates, Func<Estimate, bool> condition)
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
    static string Line(List<Estimate> run, Scale scale)
    {
        if (run is [var only])
            return Invariant($"M{scale.X(only.Start):F0} {scale.Y(only.Value):F0}H{scale.X(only.End):F0}");
        var path = new StringBuilder("M");
        foreach (var estimate in run)
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Value):F0} ");
        return path.ToString().TrimEnd();
    }

    static string Band(List<Estimate> run, Scale scale)
    {
        if (run is [var only])
            return Invariant($"M{scale.X(only.Start):F0} {scale.Y(only.Upper):F0}H{scale.X(only.End):F0}V{scale.Y(only.Lower):F0}H{scale.X(only.Start):F0}Z");
        var path = new StringBuilder("M");
        foreach (var estimate in run)
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Upper):F0} ");
        foreach (var estimate in Enumerable.Reverse(run))
            path.Append(CultureInfo.InvariantCulture, $"{scale.X(Middle(estimate)):F0} {scale.Y(estimate.Lower):F0} ");
        return path.ToString().TrimEnd() + "Z";
    }

    static DateTimeOffset Middle(Estimate estimate) => estimate.Start + (estimate.End - estimate.Start) / 2;

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>From time and value to the drawing's coordinates.</summary>
    sealed record Scale(DateTimeOffset First, DateTimeOffset Last, double Bottom, double Top, IReadOnlyList<double> Ticks)
    {
        public double X(DateTimeOffset instant) =>
            Left + (Width - Left - Right) * ((instant - First).TotalSeconds / Math.Max(1, (Last - First).TotalSeconds));

        public double Y(double value) =>
            LineChart.Top + (Height - LineChart.Bottom - LineChart.Top) * (1 - Math.Clamp((value - Bottom) / (Top - Bottom), 0, 1));

        public static Scale Of(IReadOnlyList<Estimate> estimates, double? alsoShow)
        {
            var high = estimates.Max(estimate => estimate.Upper);
            var low = estimates.Min(estimate => estimate.Lower);
            if (alsoShow is { } shown) high = Math.Max(high, shown);
            // Concentrations are compared with nothing at all; for the rest zero is no natural end.
            if (estimates[0].Quantity.IsLogarithmic) low = 0;
            if (!double.IsFinite(high) || !double.IsFinite(low) || !(high - low > 1e-9)) (low, high) = (0, Math.Max(1, double.IsFinite(high) ? high : 1));

            var step = Step((high - low) / TicksWanted);
            var bottom = Math.Floor(low / step) * step;
            var ticks = new List<double>();
            for (var i = 0; i < 2 * TicksWanted + 2; i++)
            {
                var tick = bottom + i * step;
                ticks.Add(tick);
                if (tick >= high) break;
            }
            return new Scale(estimates[0].Start, estimates[^1].End, bottom, ticks[^1], ticks);
        }

        /// <summary>The next larger of 1, 2, 5 times a power of ten.</summary>
        static double Step(double wanted)
        {
            var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
            return wanted <= power ? power : wanted <= 2 * power ? 2 * power : wanted <= 5 * power ? 5 * power : 10 * power;
        }
    }
}
