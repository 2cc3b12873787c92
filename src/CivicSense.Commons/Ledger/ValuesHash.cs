using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CivicSense.Commons;

/// <summary>Hashes released values, so that a ledger entry fixes them.</summary>
/// <remarks>
/// The SHA-256 of the values as text, one line each ended by a line feed, in key order:
/// <c>area,quantity,value,baseline</c> for measurements (the baseline in its shortest round-trip form), <c>area,value</c> for activity.
/// </remarks>
public static class ValuesHash
{
    /// <summary>The hash of no values.</summary>
    public static string OfNothing { get; } = Compute(new StringBuilder());

    /// <summary>The hash of one window's measurements, given in key order.</summary>
    public static string Of(IEnumerable<NoisyMeasurement> measurements)
    {
        var text = new StringBuilder();
        foreach (var measurement in measurements)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{measurement.Area.QuadKey},{measurement.Quantity.Id},{measurement.Value},{measurement.Baseline:R}\n");
        }
        return Compute(text);
    }

    /// <summary>The hash of one day's activity, given in area order.</summary>
    public static string Of(IEnumerable<NoisyActivity> activity)
    {
        var text = new StringBuilder();
        foreach (var value in activity)
            text.Append(CultureInfo.InvariantCulture, $"{value.Area.QuadKey},{value.Value}\n");
        return Compute(text);
    }

    static string Compute(StringBuilder text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
}
