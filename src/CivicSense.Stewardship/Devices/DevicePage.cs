using CivicSense.Commons;
using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>The page of one device.</summary>
sealed class DevicePage(PrivateRequest request, StewardshipOptions options)
{
    readonly PrivateWords words = request.Words;

    /// <summary>Writes the page.</summary>
    public string Draw(DeviceView view)
    {
        var main = new HtmlContentBuilder();
        main.Add($"<h1>{words.Text("device.heading", ("name", view.Device.Name))}</h1><p class=\"lead\">{view.State.Text}</p>");
        DrawDevice(main, view);
        foreach (var hour in view.Hours)
            DrawHour(main, hour, view);
        DrawPromise(main, view);
        return PageFrame.Around(request, options, words["device.title"], main);
    }

    void DrawDevice(HtmlContentBuilder main, DeviceView view)
    {
        var area = view.Area is { } own
            ? words.Draw("device.area", ("area", own.Name), ("address", request.Link($"/areas/{AreaAddress(own)}")))
            : words.Draw("device.noArea");
        var model = view.Device.Model is { } known ? words.Draw("device.model", ("model", Code(known))) : words.Draw("device.noModel");
        main.Add($"<p>{area} {model}</p><p class=\"small\">{words.Text("device.times", ("zone", view.TimeZone))}</p>");
    }

    void DrawHour(HtmlContentBuilder main, HourView hour, DeviceView view)
    {
        var id = $"hour-{hour.Start:yyyyMMdd'T'HH}";
        main.Add($"<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{words.Hour(hour.Start, hour.End)}</h2>");
        if (hour.Values.Count == 0)
        {
            main.Add($"<p>{words["device.silentHour"]}</p></section>");
            return;
        }
        if (!hour.TakesPart)
            main.Add($"<p>{words["device.notPlanned"]}</p>");
        foreach (var value in hour.Values)
        {
            main.Add($"<h3>{value.Name}</h3><ul class=\"now\">");
            DrawRaw(main, value, hour.TakesPart);
            DrawCalibrated(main, value);
            DrawEstimate(main, value, hour, view);
            main.Add($"</ul>");
        }
        if (hour.TakesPart)
            main.Add($"<p class=\"small\">{words.Text("device.released", ("time", words.Minute(hour.ReleasedFrom)))}</p>");
        main.Add($"</section>");
    }

    void DrawRaw(HtmlContentBuilder main, ValueView value, bool takesPart)
    {
        var mean = words.Text("device.mean", ("readings", value.Readings), ("time", words.Second(value.LastReading)));
        var use = !takesPart ? mean
            : !value.IsReleased ? words.Text("device.stays", ("mean", mean))
            : value.Calibration is null ? words.Text("device.asItIs", ("mean", mean))
            : mean;
        main.Add($"<li>{words["device.raw"]}<b>{Number(value, value.Raw)}</b><span class=\"small\">{use}</span></li>");
    }

    void DrawCalibrated(HtmlContentBuilder main, ValueView value)
    {
        if (value is not { Calibrated: { } calibrated, Calibration: { } calibration })
            return;
        var formula = words.Draw(
            "device.formula", ("name", calibration.Name), ("id", Code(calibration.Id)), ("humidity", Humidity(calibration)));
        var use = value.IsReleased ? words.Draw("device.goesIn", ("formula", formula)) : formula;
        main.Add($"<li>{words["device.calibrated"]}<b>{Number(value, calibrated)}</b><span class=\"small\">{use}</span></li>");
    }

    void DrawEstimate(HtmlContentBuilder main, ValueView value, HourView hour, DeviceView view)
    {
        if (value.Estimate is not { } estimate || view.Area is null)
            return;
        var decimals = IntervalText.Decimals(estimate.Lower, estimate.Upper, Find(value));
        var when = estimate.Start == hour.Start
            ? words["device.sameHour"]
            : words.Text("device.otherHour", ("start", words.Moment(estimate.Start, view.Time)), ("end", words.Minute(estimate.End)));
        var range = words.Text(
            "value.range", ("lower", words.Number(IntervalText.Lower(estimate.Lower, decimals))),
            ("upper", words.Number(IntervalText.Upper(estimate.Upper, decimals))));
        var meaning = words.Text(
            "device.publicMeaning", ("when", when), ("value", words.Number(IntervalText.Number(estimate.Value, decimals))));
        main.Add($"<li>{words["device.public"]}<b>{range} {value.Unit}</b><span class=\"small\">{meaning}</span></li>");
    }

    void DrawPromise(HtmlContentBuilder main, DeviceView view)
    {
        var deleted = view.ReleasedUntil is { } released
            ? words.Text("device.who.deletedBefore", ("time", words.Moment(released, view.Time)))
            : words["device.who.deleted"];
        main.Add($"<section aria-labelledby=\"protected\"><h2 id=\"protected\">{words["device.who.title"]}</h2>");
        main.Add($"<p>{words["device.who.sums"]} {deleted}</p>");
        main.Add($"<p>{words.Draw("device.who.public", ("about", request.Link("/about")))}</p></section>");
    }

    string Humidity(CalibrationView calibration) => calibration.Humidity switch
    {
        HumiditySource.Device => words.Text(
            "device.humidity.device", ("percent", words.Number(FormattableString.Invariant($"{calibration.HumidityPercent:F0}")))),
        HumiditySource.Household => words["device.humidity.household"],
        _ => words["device.humidity.missing"],
    };

    string Number(ValueView value, double number) => $"{words.Number(IntervalText.Number(number, Find(value).Decimals))} {value.Unit}";

    static HtmlContentBuilder Code(string text) => new HtmlContentBuilder().Add($"<code>{text}</code>");

    static Quantity Find(ValueView value) => Quantity.TryFind(value.Quantity, out var quantity)
        ? quantity
        : throw new InvalidOperationException("The value's quantity is not known.");

    /// <summary>As the public pages name the cell that is the whole world.</summary>
    static string AreaAddress(AreaView area) => area.QuadKey.Length == 0 ? "world" : area.QuadKey;
}
