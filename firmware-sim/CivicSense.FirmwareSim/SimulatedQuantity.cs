namespace CivicSense.FirmwareSim;

/// <summary>What a simulated device can measure. Messages hold their values in this order.</summary>
public enum SimulatedQuantity
{
    /// <summary><c>pm2_5</c>, fine particles in µg/m³.</summary>
    Pm25,

    /// <summary><c>pm10</c>, particles in µg/m³.</summary>
    Pm10,

    /// <summary><c>no2</c>, nitrogen dioxide in µg/m³.</summary>
    No2,

    /// <summary><c>o3</c>, ozone in µg/m³.</summary>
    O3,

    /// <summary><c>laeq</c>, A-weighted equivalent sound level in dB(A).</summary>
    Laeq,

    /// <summary><c>temperature</c> in °C.</summary>
    Temperature,

    /// <summary><c>humidity</c>, relative, in %.</summary>
    Humidity,

    /// <summary><c>pressure</c> at the sensor in hPa.</summary>
    Pressure,
}
