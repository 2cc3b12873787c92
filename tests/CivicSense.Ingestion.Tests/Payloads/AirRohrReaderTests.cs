using CivicSense.Commons;

namespace CivicSense.Ingestion.Tests.Payloads;

/// <summary>What Sensor.Community's firmware airRohr sends (NRZ-2024-135, <c>airrohr-firmware.ino</c>).</summary>
public sealed class AirRohrReaderTests
{
    const string Body = """
        {"esp8266id":"12017738","software_version":"NRZ-2024-135","sensordatavalues":[
         {"value_type":"SDS_P1","value":"5.38"},{"value_type":"SDS_P2","value":"4.98"},
         {"value_type":"BME280_temperature","value":"24.98"},{"value_type":"BME280_pressure","value":"99431.5"},{"value_type":"BME280_humidity","value":"45.2"},
         {"value_type":"DNMS_noise_LAeq","value":"54.52"},{"value_type":"DNMS_noise_LA_min","value":"50.1"},{"value_type":"DNMS_noise_LA_max","value":"63.0"},
         {"value_type":"samples","value":"3980123"},{"value_type":"min_micro","value":"28"},{"value_type":"max_micro","value":"20120"},
         {"value_type":"interval","value":"145000"},{"value_type":"signal","value":"-84"}]}
        """;

    static readonly (Quantity Quantity, double Value)[] Expected =
    [
        (Quantity.Pm10, 5.38), (Quantity.Pm25, 4.98), (Quantity.Temperature, 24.98), (Quantity.Pressure, 994.315),
        (Quantity.Humidity, 45.2),
        (Quantity.Laeq, 54.52),
    ];

    [Fact]
    public void Whole_body_gives_six_readings_at_the_receive_time_and_refuses_nothing()
    {
        AssertExpected(Read.Payload(Body));
    }

    [Fact]
    public void Values_may_be_numbers() =>
        AssertExpected(Read.Payload(System.Text.RegularExpressions.Regex.Replace(Body, "\"value\":\"([^\"]*)\"", "\"value\":$1")));

    [Fact]
    public void Value_may_stand_before_its_type_and_the_identifier_last()
    {
        var read = Read.Payload("""{"sensordatavalues":[{"value":"4.98","id":{"a":[1]},"value_type":"SDS_P2"}],"esp8266id":"12017738"}""");
        Assert.Equal(4.98, Assert.Single(read.Readings).Value);
    }

    [Theory]
    [InlineData("SDS_P1", "pm10")]
    [InlineData("SDS_P2", "pm2_5")]
    [InlineData("PMS_P1", "pm10")]
    [InlineData("HPM_P2", "pm2_5")]
    [InlineData("SPS30_P2", "pm2_5")]
    [InlineData("P1", "pm10")]
    [InlineData("P2", "pm2_5")]
    [InlineData("temperature", "temperature")]
    [InlineData("humidity", "humidity")]
    [InlineData("BMP280_temperature", "temperature")]
    [InlineData("DS18B20_temperature", "temperature")]
    [InlineData("HTU21D_humidity", "humidity")]
    [InlineData("DNMS_noise_LAeq", "laeq")]
    [InlineData("noise_LAeq", "laeq")]
    public void Value_types_name_quantities_whatever_the_sensor(string type, string quantity)
    {
        var read = Read.Payload($$"""{"sensordatavalues":[{"value_type":"{{type}}","value":"50"}]}""");
        Assert.Equal(quantity, Assert.Single(read.Readings).Quantity.Id);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("1e400")]
    [InlineData("")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("5,3")]
    [InlineData("-59 dBm")]
    public void Text_that_is_no_finite_number_is_refused(string value) =>
        Read.IsRefused($$"""{"sensordatavalues":[{"value_type":"SDS_P2","value":"{{value}}"}]}""", ReadingOutcome.NotANumber);

    [Theory]
    [InlineData("""{"value_type":"SDS_P2"}""")]
    [InlineData("""{"value_type":"SDS_P2","value":null}""")]
    [InlineData("""{"value_type":"SDS_P2","value":[1]}""")]
    public void Missing_value_is_not_a_number(string value) =>
        Read.IsRefused($$"""{"sensordatavalues":[{{value}}]}""", ReadingOutcome.NotANumber);

    [Fact]
    public void Pressure_is_in_pascal_and_out_of_range_in_hectopascal()
    {
        Read.IsRefused("""{"sensordatavalues":[{"value_type":"BME280_pressure","value":"994.3"}]}""", ReadingOutcome.OutOfRange);
        Read.IsRefused("""{"sensordatavalues":[{"value_type":"BME280_pressure","value":"9943150"}]}""", ReadingOutcome.OutOfRange);
    }

    [Theory]
    [InlineData("signal", "-59 dBm")]
    [InlineData("SDS_P0", "1")]
    [InlineData("SPS30_N05", "1")]
    [InlineData("NPM_N1", "1")]
    [InlineData("GPS_lat", "57.1")]
    [InlineData("durP1", "5")]
    public void What_is_not_collected_is_neither_read_nor_counted(string type, string value)
    {
        var read = Read.Payload($$"""{"sensordatavalues":[{"value_type":"{{type}}","value":"{{value}}"}]}""");
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Readings);
        Assert.Empty(read.Refused);
    }

    [Fact]
    public void Unknown_value_type_is_counted() =>
        Read.IsRefused("""{"sensordatavalues":[{"value_type":"radiation","value":"1"}]}""", ReadingOutcome.UnknownQuantity);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"esp8266id":"12017738","software_version":"NRZ-2024-135"}""")]
    [InlineData("""{"sensordatavalues":null}""")]
    [InlineData("""{"sensordatavalues":{}}""")]
    [InlineData("""{"sensordatavalues":[1]}""")]
    [InlineData("""{"x":{"sensordatavalues":[]}}""")]
    [InlineData("""{"sensordatavalues":[],"sensordatavalues":[]}""")]
    [InlineData("""{"sensordatavalues":[{"value_type":"SDS_P2","value":"1"}]""")]
    [InlineData("""{"sensordatavalues":[{"value_type":"\ud800","value":"1"}]}""")]
    public void Body_without_one_list_of_values_is_malformed(string body) => Read.IsMalformed(body);

    [Fact]
    public void Endless_value_is_malformed() =>
        Read.IsMalformed($$"""{"sensordatavalues":[{"value_type":"SDS_P2","value":"{{new string('1', 129)}}"}]}""");

    static void AssertExpected(Read read)
    {
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Refused);
        Assert.Equal(Expected.Select(e => e.Quantity), read.Readings.Select(reading => reading.Quantity));
        foreach (var (expected, reading) in Expected.Zip(read.Readings))
        {
            Assert.Equal(expected.Value, reading.Value, tolerance: 1e-9);
            Assert.Equal(Read.Now, reading.Time);
        }
    }
}
