using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>One value as a device writes it: the text of the number, so that it may also be none.</summary>
/// <param name="Quantity">The name.</param>
/// <param name="Unit">The SenML unit, or null for none.</param>
/// <param name="Value">The number's text.</param>
/// <param name="Time">When it was measured; a message without times counts at its arrival.</param>
readonly record struct Measured(string Quantity, string? Unit, string Value, DateTimeOffset Time);

/// <summary>One message as it reaches the node.</summary>
/// <param name="Arrival">When, by the true time.</param>
/// <param name="Sensor">From which sensor.</param>
/// <param name="Day">The owner-day that it belongs to.</param>
/// <param name="Readings">What it says; all of one owner-day.</param>
sealed record Transmission(DateTimeOffset Arrival, Sensor Sensor, PrivacyDay Day, ImmutableArray<Measured> Readings)
{
    /// <summary>Sent in place of a well-formed payload.</summary>
    public string? Malformed { get; init; }

    /// <summary>The last part of the topic.</summary>
    public string Topic { get; init; } = "readings";

    /// <summary>The DUP flag.</summary>
    public bool Repeated { get; init; }

    public byte[] Payload() => Encoding.UTF8.GetBytes(Malformed ?? (Sensor.Kind == MessageKind.SenML ? SenML() : AirRohr()));

    string SenML() => "[" + string.Join(',', Readings.Select(reading => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"n":"{{Sensor.Name}}:{{reading.Quantity}}",{{Unit(reading.Unit)}}"t":{{Seconds(reading.Time)}},"v":{{reading.Value}}}""")))
        + "]";

    static decimal Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000m;

    static string Unit(string? unit) => unit is null ? "" : $"\"u\":\"{unit}\",";

    string AirRohr() => """{"software_version":"NRZ-2024-135","sensordatavalues":[""" + string.Join(',', Readings.Select(reading =>
        $$"""{"value_type":"{{AirRohrName(reading.Quantity)}}","value":"{{reading.Value}}"}""")) + "]}";

    static string AirRohrName(string quantity) => quantity switch
    {
        "pm2_5" => "SDS_P2",
        "pm10" => "SDS_P1",
        "laeq" => "DNMS_noise_LAeq",
        "temperature" => "BME280_temperature",
        "humidity" => "BME280_humidity",
        _ => quantity,
    };
}
