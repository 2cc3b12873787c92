namespace CivicSense.Commons;

/// <summary>
/// PM2.5 of a Plantower sensor as a function of its raw value in ug/m3 and of the relative humidity in percent, as published.
/// </summary>
static class PlantowerCurves
{
    const double Slope = 0.524;
    const double PerHumidity = 0.0862;
    const double Offset = 5.75;

    /// <summary>Barkjohn et al. 2021, the correction for the whole United States.</summary>
    public static double Barkjohn2021(double raw, double humidity) => Slope * raw - PerHumidity * humidity + Offset;

    /// <summary>US EPA, May 2021, from CF=1 values. The digits are those of the publication, coarser than Barkjohn's.</summary>
    public static double Epa2021Cf1(double raw, double humidity) =>
        raw <= 343 ? 0.52 * raw - 0.086 * humidity + Offset : 0.46 * raw + 3.93e-4 * raw * raw + 2.97;

    /// <summary>
    /// AirNow Fire and Smoke Map, from ATM values: two lines and a parabola, blended between 30 and 50 and between 210 and 260 ug/m3. Some
    /// firmware takes a raw 0 to 0; the publication does not, and a jump there would be one for the mean of an hour, too.
    /// </summary>
    public static double Epa2021Atm(double raw, double humidity) => raw switch
    {
        < 30 => Barkjohn2021(raw, humidity),
        < 50 => Blend((raw - 30) / 20, Barkjohn2021(raw, humidity), Steeper(raw, humidity)),
        < 210 => Steeper(raw, humidity),
        < 260 => Blend((raw - 210) / 50, Steeper(raw, humidity), Smoke(raw)),
        _ => Smoke(raw),
    };

    static double Steeper(double raw, double humidity) => 0.786 * raw - PerHumidity * humidity + Offset;

    static double Smoke(double raw) => 2.966 + 0.69 * raw + 8.84e-4 * raw * raw;

    static double Blend(double share, double from, double to) => from * (1 - share) + to * share;
}
