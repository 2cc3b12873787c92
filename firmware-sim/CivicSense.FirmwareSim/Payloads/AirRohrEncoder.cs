using System.Globalization;
using System.Text;

namespace CivicSense.FirmwareSim.Payloads;

/// <summary>
/// Writes the JSON body that the Sensor.Community firmware airRohr posts (opendata-stuttgart/sensors-software,
/// <c>airrohr-firmware.ino</c>, NRZ-2024-135): values are strings, P1 is PM10 and P2 is PM2.5, pressure is in Pascal, and there is no time.
/// </summary>
/// <remarks>The firmware knows neither nitrogen dioxide nor ozone; these are left out.</remarks>
sealed class AirRohrEncoder(int deviceNumber)
{
    readonly byte[] head = Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"esp8266id\":\"{12_000_000 + deviceNumber}\",\"software_version\":\"NRZ-2024-135\",\"sensordatavalues\":["));

    /// <summary>Replaces the content of <paramref name="buffer"/> by a body.</summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="values">One value per <see cref="SimulatedQuantity"/>; NaN leaves it out.</param>
    /// <returns>The number of measured values written.</returns>
    public int Encode(PayloadBuffer buffer, ReadOnlySpan<double> values)
    {
        buffer.Clear();
        buffer.Append(head);
        var written =
            Value(buffer, "{\"value_type\":\"SDS_P1\",\"value\":\""u8, values[(int)SimulatedQuantity.Pm10]) +
            Value(buffer, "{\"value_type\":\"SDS_P2\",\"value\":\""u8, values[(int)SimulatedQuantity.Pm25]) +
            Value(buffer, "{\"value_type\":\"BME280_temperature\",\"value\":\""u8, values[(int)SimulatedQuantity.Temperature]) +
            Value(buffer, "{\"value_type\":\"BME280_pressure\",\"value\":\""u8, values[(int)SimulatedQuantity.Pressure] * 100) +
            Value(buffer, "{\"value_type\":\"BME280_humidity\",\"value\":\""u8, values[(int)SimulatedQuantity.Humidity]) +
            Value(buffer, "{\"value_type\":\"DNMS_noise_LAeq\",\"value\":\""u8, values[(int)SimulatedQuantity.Laeq]);
        buffer.Append(
            """{"value_type":"samples","value":"3980123"},{"value_type":"min_micro","value":"28"},{"value_type":"max_micro","value":"20120"},"""u8);
        buffer.Append("""{"value_type":"interval","value":"145000"},{"value_type":"signal","value":"-67"}]}"""u8);
        return written;
    }

    static int Value(PayloadBuffer buffer, ReadOnlySpan<byte> opening, double value)
    {
        if (double.IsNaN(value)) return 0;
        buffer.Append(opening);
        buffer.Append(value, 2);
        buffer.Append("\"},"u8);
        return 1;
    }
}
