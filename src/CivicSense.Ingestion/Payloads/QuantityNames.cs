using CivicSense.Commons;

namespace CivicSense.Ingestion;

/// <summary>Finds quantities and converts units by the UTF-8 text that devices send, without making strings.</summary>
static class QuantityNames
{
    /// <summary>The quantity named by the last part of a SenML name: what follows the last colon or slash.</summary>
    public static Quantity? OfSenMLName(ReadOnlySpan<byte> name)
    {
        var separator = name.LastIndexOfAny((byte)':', (byte)'/');
        return name[(separator + 1)..] switch
        {
            var id when id.SequenceEqual("pm2_5"u8) => Quantity.Pm25,
            var id when id.SequenceEqual("pm10"u8) => Quantity.Pm10,
            var id when id.SequenceEqual("no2"u8) => Quantity.No2,
            var id when id.SequenceEqual("o3"u8) => Quantity.O3,
            var id when id.SequenceEqual("laeq"u8) => Quantity.Laeq,
            var id when id.SequenceEqual("temperature"u8) => Quantity.Temperature,
            var id when id.SequenceEqual("humidity"u8) => Quantity.Humidity,
            var id when id.SequenceEqual("pressure"u8) => Quantity.Pressure,
            _ => null,
        };
    }

    /// <summary>
    /// Takes a value from a SenML unit (RFC 8428 section 12.1, RFC 8798) to the quantity's own. No unit means the quantity's own.
    /// </summary>
    /// <returns>False if the unit is not one for this quantity.</returns>
    public static bool TryConvert(Quantity quantity, ReadOnlySpan<byte> unit, ref double value)
    {
        if (unit.IsEmpty)
            return true;
        if (quantity == Quantity.Laeq)
            return unit.SequenceEqual("dB"u8) || unit.SequenceEqual("dB(A)"u8) || unit.SequenceEqual("dBA"u8);
        if (quantity == Quantity.Humidity)
            return unit.SequenceEqual("%RH"u8);
        if (quantity == Quantity.Temperature)
        {
            if (unit.SequenceEqual("K"u8))
                value -= 273.15;
            else if (!unit.SequenceEqual("Cel"u8))
                return false;
            return true;
        }
        if (quantity == Quantity.Pressure)
        {
            if (unit.SequenceEqual("Pa"u8))
                value /= 100;
            else if (!unit.SequenceEqual("hPa"u8))
                return false;
            return true;
        }
        if (unit.SequenceEqual("kg/m3"u8))
            value *= 1e9;
        else if (!unit.SequenceEqual("ug/m3"u8))
            return false;
        return true;
    }

    /// <summary>
    /// The quantity of an airRohr value type such as <c>SDS_P2</c> or <c>BME280_pressure</c>: P1 is PM10, P2 is PM2.5, whatever the sensor
    /// that stands before the underscore.
    /// </summary>
    public static Quantity? OfAirRohrType(ReadOnlySpan<byte> type)
    {
        if (type.EndsWith("noise_LAeq"u8))
            return Quantity.Laeq;
        var separator = type.LastIndexOf((byte)'_');
        return type[(separator + 1)..] switch
        {
            var name when name.SequenceEqual("P1"u8) => Quantity.Pm10,
            var name when name.SequenceEqual("P2"u8) => Quantity.Pm25,
            var name when name.SequenceEqual("temperature"u8) => Quantity.Temperature,
            var name when name.SequenceEqual("humidity"u8) => Quantity.Humidity,
            var name when name.SequenceEqual("pressure"u8) => Quantity.Pressure,
            _ => null,
        };
    }

    /// <summary>Whether an airRohr value type is one that the firmware sends about itself or that is not collected here.</summary>
    public static bool IsAirRohrHousekeeping(ReadOnlySpan<byte> type)
    {
        if (type.StartsWith("GPS_"u8) || type.StartsWith("DNMS_"u8) || type.StartsWith("SPS30_"u8) || type.StartsWith("NPM_"u8))
            return true;
        var separator = type.LastIndexOf((byte)'_');
        if (separator >= 0 && type[(separator + 1)..] is [(byte)'P' or (byte)'N', ..])
            return true;
        return type.SequenceEqual("samples"u8) || type.SequenceEqual("min_micro"u8) || type.SequenceEqual("max_micro"u8)
            || type.SequenceEqual("interval"u8) || type.SequenceEqual("signal"u8) || type.SequenceEqual("P0"u8)
            || type.SequenceEqual("durP1"u8) || type.SequenceEqual("durP2"u8) || type.SequenceEqual("ratioP1"u8)
            || type.SequenceEqual("ratioP2"u8);
    }
}
