using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CivicSense.Commons;

/// <summary>The one written form of a release plan, whose SHA-256 stands in the ledger.</summary>
/// <remarks>Compact JSON, members in a fixed order, numbers in their shortest round-trip form: equal plans give equal bytes.</remarks>
public static class PlanDocument
{
    /// <summary>Writes a plan.</summary>
    public static string Write(ReleasePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("day", plan.Day.ToString());
            json.WriteString("timeZone", plan.TimeZone);
            json.WriteString("firstWindow", plan.FirstWindow.ToString());
            json.WriteString("lastWindow", plan.LastWindow.ToString());
            json.WriteString("clock", plan.Clock == ClockMode.Event ? "event" : "wall");
            json.WriteNumber("rho", plan.Rho);
            json.WriteNumber("sigma", plan.Sigma);
            json.WriteNumber("grid", plan.Grid);
            json.WriteNumber("activityShare", plan.ActivityShare);
            json.WriteNumber("activityWeight", plan.ActivityWeight);
            // Plans from before there was pacing have no such member, and their hashes stay what they were.
            if (plan.Pacing != 0)
                json.WriteNumber("pacing", plan.Pacing);
            json.WriteStartArray("areas");
            foreach (var area in plan.Areas)
            {
                json.WriteStartObject();
                json.WriteString("area", area.Area.QuadKey);
                json.WriteNumber("enrolledOwners", area.EnrolledOwners);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("quantities");
            foreach (var quantity in plan.Quantities)
            {
                json.WriteStartObject();
                json.WriteString("quantity", quantity.Quantity.Id);
                json.WriteNumber("share", quantity.Share);
                json.WriteNumber("weight", quantity.Weight);
                json.WriteNumber("cap", quantity.Cap);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteCalibrations(json, plan.Calibrations);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    // Left out where there are none: so wrote the plans from before there were any, and their hashes stand in ledgers.
    static void WriteCalibrations(Utf8JsonWriter json, ImmutableArray<PlannedCalibration> calibrations)
    {
        if (calibrations.IsEmpty)
            return;
        json.WriteStartArray("calibrations");
        foreach (var calibration in calibrations)
        {
            json.WriteStartObject();
            json.WriteString("model", calibration.Model);
            json.WriteString("formula", calibration.Formula.Id);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, also by an earlier version.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a release plan.</exception>
    public static ReleasePlan Read(string text)
    {
        try
        {
            var root = JsonNode.Parse(text)!.AsObject();
            return new ReleasePlan
            {
                Day = PrivacyDay.Parse(root["day"]!.GetValue<string>()),
                TimeZone = root["timeZone"]!.GetValue<string>(),
                FirstWindow = ReadWindow(root["firstWindow"]!),
                LastWindow = ReadWindow(root["lastWindow"]!),
                Clock = root["clock"]!.GetValue<string>() switch
                {
                    "wall" => ClockMode.Wall,
                    "event" => ClockMode.Event,
                    _ => throw new FormatException("Unknown clock."),
                },
                Rho = root["rho"]!.GetValue<decimal>(),
                Sigma = root["sigma"]!.GetValue<double>(),
                Grid = root["grid"]!.GetValue<long>(),
                ActivityShare = root["activityShare"]!.GetValue<decimal>(),
                ActivityWeight = root["activityWeight"]!.GetValue<long>(),
                Pacing = root["pacing"]?.GetValue<decimal>() ?? 0,
                Areas = [.. root["areas"]!.AsArray().Select(node =>
                    new PlannedArea(Area.Parse(node!["area"]!.GetValue<string>()), node["enrolledOwners"]!.GetValue<int>()))],
                Quantities = [.. root["quantities"]!.AsArray().Select(node => new PlannedQuantity(
                    Quantity.TryFind(node!["quantity"]!.GetValue<string>(), out var quantity)
                        ? quantity
                        : throw new FormatException("Unknown quantity."),
                    node["share"]!.GetValue<decimal>(), node["weight"]!.GetValue<double>(), node["cap"]!.GetValue<double>()))],
                Calibrations = root["calibrations"] is { } calibrations ? [.. calibrations.AsArray().Select(ReadCalibration)] : [],
            };
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw new FormatException("This is not a release plan of this version.", exception);
        }
    }

    static PlannedCalibration ReadCalibration(JsonNode? node) => new(
        node!["model"]!.GetValue<string>() is var model && DeviceModel.IsValid(model) ? model : throw new FormatException("Unknown model."),
        CalibrationFormula.TryFind(node["formula"]!.GetValue<string>(), out var formula)
            ? formula
            : throw new FormatException("Unknown formula."));

    static HourWindow ReadWindow(JsonNode node) =>
        HourWindow.Containing(DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture));

    /// <summary>The plan's SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(ReleasePlan plan) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(plan))));
}
