using System.Globalization;
using System.Text;

namespace CivicSense.FirmwareSim.Payloads;

/// <summary>Writes one device's readings as a SenML JSON pack (RFC 8428, section 5): base name and base time in the first record.</summary>
/// <remarks>
/// The base name is a device URN of the <c>mac</c> kind (RFC 9039, section 4.1) with a locally administered EUI-64. Units are those of RFC
/// 8428 section 12.1 and RFC 8798, save for <c>dB(A)</c> and <c>hPa</c>, which CivicSense writes as people know them.
/// </remarks>
sealed class SenMlEncoder(int deviceNumber)
{
    static readonly byte[][] Records =
    [
        "\"n\":\"pm2_5\",\"u\":\"ug/m3\",\"v\":"u8.ToArray(),
        "\"n\":\"pm10\",\"u\":\"ug/m3\",\"v\":"u8.ToArray(),
        "\"n\":\"no2\",\"u\":\"ug/m3\",\"v\":"u8.ToArray(),
        "\"n\":\"o3\",\"u\":\"ug/m3\",\"v\":"u8.ToArray(),
        "\"n\":\"laeq\",\"u\":\"dB(A)\",\"v\":"u8.ToArray(),
        "\"n\":\"temperature\",\"u\":\"Cel\",\"v\":"u8.ToArray(),
        "\"n\":\"humidity\",\"u\":\"%RH\",\"v\":"u8.ToArray(),
        "\"n\":\"pressure\",\"u\":\"hPa\",\"v\":"u8.ToArray(),
    ];

    // Archived pressures are Pascals with two decimals, which makes four in hPa.
    static readonly int[] Decimals = [2, 2, 2, 2, 2, 2, 2, 4];

    readonly byte[] head =
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[{{\"bn\":\"{BaseName(deviceNumber)}\",\"bt\":"));

    /// <summary>The base name of a device, with the colon that separates it from the quantity.</summary>
    public static string BaseName(int deviceNumber) =>
        string.Create(CultureInfo.InvariantCulture, $"urn:dev:mac:02c5e5fffe{deviceNumber & 0xFFFFFF:x6}:");

    /// <summary>Replaces the content of <paramref name="buffer"/> by a pack.</summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="unixSeconds">When the values were measured.</param>
    /// <param name="values">One value per <see cref="SimulatedQuantity"/>; NaN leaves it out.</param>
    /// <returns>The number of values written. With none the buffer is left empty.</returns>
    public int Encode(PayloadBuffer buffer, long unixSeconds, ReadOnlySpan<double> values)
    {
        buffer.Clear();
        var written = 0;
        for (var quantity = 0; quantity < values.Length; quantity++)
        {
            if (double.IsNaN(values[quantity])) continue;
            if (written == 0)
            {
                buffer.Append(head);
                buffer.Append(unixSeconds);
                buffer.Append(","u8);
            }
            else
            {
                buffer.Append(",{"u8);
            }
            buffer.Append(Records[quantity]);
            buffer.Append(values[quantity], Decimals[quantity]);
            buffer.Append("}"u8);
            written++;
        }
        if (written > 0) buffer.Append("]"u8);
        return written;
    }
}
