using System.Globalization;
using System.Text;
using System.Text.Json;
using CivicSense.FirmwareSim.Payloads;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.FirmwareSim.Tests.Payloads;

public sealed class EncoderTests
{
    static readonly double[] AllValues = [7.4, 12.25, 18, 55.5, 52.13, -3.07, 81, 1018.0938];

    [Fact]
    public void SenML_pack_is_byte_exact()
    {
        var buffer = new PayloadBuffer();
        Assert.Equal(8, new SenMlEncoder(0x1a2b).Encode(buffer, 1_700_000_000, AllValues));

        // RFC 8428, section 5.1.3 shows the shape: base fields in the first record, all others only name, unit and value.
        Assert.Equal(
            """[{"bn":"urn:dev:mac:02c5e5fffe001a2b:","bt":1700000000,"n":"pm2_5","u":"ug/m3","v":7.4},{"n":"pm10","u":"ug/m3","v":12.25},""" +
            """{"n":"no2","u":"ug/m3","v":18},{"n":"o3","u":"ug/m3","v":55.5},{"n":"laeq","u":"dB(A)","v":52.13},""" +
            """{"n":"temperature","u":"Cel","v":-3.07},{"n":"humidity","u":"%RH","v":81},{"n":"pressure","u":"hPa","v":1018.0938}]""",
            Text(buffer));
    }

    [Fact]
    public void SenML_pack_begins_with_the_first_value_there_is()
    {
        double[] values = [double.NaN, double.NaN, double.NaN, double.NaN, 48.5, double.NaN, 60, double.NaN];
        var buffer = new PayloadBuffer();
        Assert.Equal(2, new SenMlEncoder(1).Encode(buffer, 1, values));
        Assert.Equal(
            """[{"bn":"urn:dev:mac:02c5e5fffe000001:","bt":1,"n":"laeq","u":"dB(A)","v":48.5},{"n":"humidity","u":"%RH","v":60}]""",
            Text(buffer));
    }

    [Fact]
    public void SenML_pack_without_values_is_empty()
    {
        var buffer = new PayloadBuffer();
        Assert.Equal(0, new SenMlEncoder(1).Encode(buffer, 1, Enumerable.Repeat(double.NaN, 8).ToArray()));
        Assert.Equal("", Text(buffer));
    }

    [Fact]
    public void AirRohr_body_is_byte_exact()
    {
        var buffer = new PayloadBuffer();
        Assert.Equal(6, new AirRohrEncoder(17738).Encode(buffer, AllValues));

        // Key order and names of airrohr-firmware.ino, NRZ-2024-135: P1 is PM10, P2 is PM2.5, pressure in Pascal, values are strings.
        Assert.Equal(
            """{"esp8266id":"12017738","software_version":"NRZ-2024-135","sensordatavalues":[""" +
            """{"value_type":"SDS_P1","value":"12.25"},{"value_type":"SDS_P2","value":"7.4"},""" +
            """{"value_type":"BME280_temperature","value":"-3.07"},{"value_type":"BME280_pressure","value":"101809.38"},""" +
            """{"value_type":"BME280_humidity","value":"81"},{"value_type":"DNMS_noise_LAeq","value":"52.13"},""" +
            """{"value_type":"samples","value":"3980123"},{"value_type":"min_micro","value":"28"},{"value_type":"max_micro","value":"20120"},""" +
            """{"value_type":"interval","value":"145000"},{"value_type":"signal","value":"-67"}]}""",
            Text(buffer));
    }

    [Fact]
    public void AirRohr_body_without_some_values_is_still_JSON()
    {
        var buffer = new PayloadBuffer();
        Assert.Equal(1, new AirRohrEncoder(1).Encode(buffer, [7, double.NaN, 3, 3, double.NaN, double.NaN, double.NaN, double.NaN]));
        using var json = JsonDocument.Parse(buffer.Written);
        var values = json.RootElement.GetProperty("sensordatavalues")
            .EnumerateArray().ToDictionary(v => v.GetProperty("value_type").GetString()!, v => v.GetProperty("value").GetString());
        Assert.Equal("7", values["SDS_P2"]);
        Assert.DoesNotContain("SDS_P1", values.Keys);
    }

    [Theory]
    [InlineData(0, 2, "0")]
    [InlineData(-0.001, 2, "0")]
    [InlineData(-0.5, 2, "-0.5")]
    [InlineData(-12.06, 2, "-12.06")]
    [InlineData(9.999, 2, "10")]
    [InlineData(100.05, 2, "100.05")]
    [InlineData(1018.0003, 4, "1018.0003")]
    [InlineData(2.5, 0, "3")]
    public void Number_is_rounded_and_trimmed(double value, int decimals, string expected)
    {
        var buffer = new PayloadBuffer();
        buffer.Append(value, decimals);
        Assert.Equal(expected, Text(buffer));
    }

    [Fact]
    public void Every_number_is_read_back_within_half_a_unit_of_the_last_place()
    {
        var law = Prop.ForAll(Gen.Choose(-100_000_000, 100_000_000).Select(n => n / 7919.0).ToArbitrary(), value =>
        {
            var buffer = new PayloadBuffer();
            buffer.Append(value, 4);
            return Math.Abs(double.Parse(Text(buffer), CultureInfo.InvariantCulture) - value) <= 0.5e-4 + 1e-9;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), law);
    }

    [Fact]
    public void Buffer_grows_beyond_its_first_size()
    {
        var buffer = new PayloadBuffer();
        for (var i = 0; i < 1000; i++) buffer.Append(i % 10);
        Assert.Equal(1000, buffer.Length);
        Assert.EndsWith("6789", Text(buffer), StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_payloads_are_not_SenML()
    {
        foreach (var kind in Enum.GetValues<MalformedPayload>())
        {
            var buffer = new PayloadBuffer();
            new SenMlEncoder(1).Encode(buffer, 1, AllValues);
            MalformedPayloads.Break(buffer, kind);
            if (kind == MalformedPayload.UnknownTypes)
            {
                using var json = JsonDocument.Parse(buffer.Written);
                Assert.All(json.RootElement.EnumerateArray(), record =>
                    Assert.False(record.TryGetProperty("v", out var v) && v.ValueKind == JsonValueKind.Number));
            }
            else
            {
                Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(buffer.Written));
            }
        }
        Assert.Equal(MalformedPayloads.Kinds, Enum.GetValues<MalformedPayload>().Length);
    }

    static string Text(PayloadBuffer buffer) => Encoding.UTF8.GetString(buffer.Written.Span);
}
