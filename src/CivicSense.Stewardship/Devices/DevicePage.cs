using CivicSense.Commons;
using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>The page of one device.</summary>
sealed class DevicePage(StewardshipOptions options)
{
    readonly LocalTime local = new(options.TimeZone);

    /// <summary>Writes the page.</summary>
    public string Draw(DeviceView view)
    {
        var main = new HtmlContentBuilder();
        main.Add($"<h1>My device: {view.Device.Name}</h1><p class=\"lead\">{view.State.Text}</p>");
        DrawDevice(main, view);
        foreach (var hour in view.Hours)
            DrawHour(main, hour, view);
        DrawPromise(main, view);
        return PageFrame.Around(options, "My device", main);
    }

    static void DrawDevice(HtmlContentBuilder main, DeviceView view)
    {
        main.Add(view.Area is { } area
            ? (FormattableString)$"<p>Its values count in <a href=\"/areas/{AreaAddress(area)}\">{area.Name}</a>. "
            : (FormattableString)$"<p>No area with enough households holds it yet, so nothing of it is published. ");
        if (view.Device.Model is { } model)
        {
            main.Add($"Its particle sensor is a <code>{model}</code>.</p>");
        }
        else
        {
            main.Add($"The model of its particle sensor is not known to the node. ");
            main.Add($"If it measures particles, tell your steward the model, and its values are calibrated.</p>");
        }
        main.Add($"<p class=\"small\">All times are of {view.TimeZone}. Load the page again to see what has come since.</p>");
    }

    void DrawHour(HtmlContentBuilder main, HourView hour, DeviceView view)
    {
        var id = $"hour-{hour.Start:yyyyMMdd'T'HH}";
        main.Add($"<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{local.Day(hour.Start)}, {local.Hour(hour.Start, hour.End)}</h2>");
        if (hour.Values.Count == 0)
        {
            main.Add($"<p>Nothing has come from this device in this hour.</p></section>");
            return;
        }
        if (!hour.TakesPart)
        {
            main.Add($"<p>The device is not in the plan of this hour, so nothing of it is released. ");
            main.Add($"A new device takes part from the next day on, once its area has enough households.</p>");
        }
        foreach (var value in hour.Values)
        {
            main.Add($"<h3>{value.Name}</h3><ul class=\"now\">");
            DrawRaw(main, value, hour.TakesPart);
            DrawCalibrated(main, value);
            DrawEstimate(main, value, hour, view);
            main.Add($"</ul>");
        }
        if (hour.TakesPart)
            main.Add($"<p class=\"small\">Released at {local.Minute(hour.ReleasedFrom)}; its values are then deleted here.</p>");
        main.Add($"</section>");
    }

    void DrawRaw(HtmlContentBuilder main, ValueView value, bool takesPart)
    {
        var readings = value.Readings == 1 ? "1 reading" : FormattableString.Invariant($"{value.Readings} readings");
        var use = !takesPart ? ""
            : !value.IsReleased ? ". Stays on the node: this quantity is not released"
            : value.Calibration is null ? ". Goes into the sum as it is: no formula applies"
            : "";
        main.Add($"<li>Raw, as the sensor sent it<b>{Number(value, value.Raw)}</b>");
        main.Add($"<span class=\"small\">mean of {readings}, the last at {local.Second(value.LastReading)}{use}</span></li>");
    }

    static void DrawCalibrated(HtmlContentBuilder main, ValueView value)
    {
        if (value is not { Calibrated: { } calibrated, Calibration: { } calibration })
            return;
        main.Add($"<li>Calibrated<b>{Number(value, calibrated)}</b><span class=\"small\">{(value.IsReleased ? "goes into the sum; " : "")}");
        main.Add($"{calibration.Name}, version <code>{calibration.Id}</code>, {Humidity(calibration)}</span></li>");
    }

    void DrawEstimate(HtmlContentBuilder main, ValueView value, HourView hour, DeviceView view)
    {
        if (value.Estimate is not { } estimate || view.Area is null)
            return;
        var decimals = IntervalText.Decimals(estimate.Lower, estimate.Upper, Find(value));
        var when = estimate.Start == hour.Start
            ? "in the same hour"
            : $"{local.Moment(estimate.Start, view.Time)} to {local.Minute(estimate.End)}";
        var (lower, upper) = (IntervalText.Lower(estimate.Lower, decimals), IntervalText.Upper(estimate.Upper, decimals));
        main.Add($"<li>The area, as everybody sees it<b>{lower} to {upper} {value.Unit}</b><span class=\"small\">{when}: ");
        main.Add($"with 95 % certainty between these two, most likely {IntervalText.Number(estimate.Value, decimals)}</span></li>");
    }

    void DrawPromise(HtmlContentBuilder main, DeviceView view)
    {
        main.Add($"<section aria-labelledby=\"protected\"><h2 id=\"protected\">Who sees this</h2>");
        main.Add($"<p>Only whoever has this device’s name and secret. The node keeps no single readings, only these sums of the hours ");
        main.Add($"that are still open. When an hour is released, noise is added to the sum of all households, ");
        main.Add($"and your part of it is deleted");
        if (view.ReleasedUntil is { } released)
            main.Add($": everything before {local.Moment(released, view.Time)} is gone, and nobody can show it to you or to anybody else");
        main.Add($".</p><p>What stands under “The area” is public. It would be almost the same ");
        main.Add($"if your household had sent nothing on that day; <a href=\"/about\">what is protected</a> says how nearly.</p></section>");
    }

    static string Humidity(CalibrationView calibration) => calibration.Humidity switch
    {
        HumiditySource.Device => FormattableString.Invariant($"at its own {calibration.HumidityPercent:F0} % humidity"),
        HumiditySource.Household => "with the humidity of your household’s other sensors",
        _ => "without a measured humidity",
    };

    static string Number(ValueView value, double number) => $"{IntervalText.Number(number, Find(value).Decimals)} {value.Unit}";

    static Quantity Find(ValueView value) => Quantity.TryFind(value.Quantity, out var quantity)
        ? quantity
        : throw new InvalidOperationException("The value's quantity is not known.");

    /// <summary>As the public pages name the cell that is the whole world.</summary>
    static string AreaAddress(AreaView area) => area.QuadKey.Length == 0 ? "world" : area.QuadKey;
}
