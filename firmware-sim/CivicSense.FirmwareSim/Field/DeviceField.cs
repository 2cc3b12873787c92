namespace CivicSense.FirmwareSim.Field;

/// <summary>What one device measures: the city, its area, its household, and itself.</summary>
/// <remarks>
/// A pure function of (seed, device, time); the only state is a cache of the current hour, so an instance serves one thread at a time.
/// Within an hour everything slow is interpolated; only measurement noise and the household's own doings are new with every message.
/// </remarks>
sealed class DeviceField
{
    const long Hour = 3600;
    const long Day = 24 * Hour;
    static readonly int Quantities = Enum.GetValues<SimulatedQuantity>().Length;

    // Offsets of areas on the logarithmic scale of fine particles, their share of traffic, and their daytime sound level in dB(A):
    // a centre, a main road, and three residential areas.
    static readonly double[] AreaOffsets = [0.10, 0.22, -0.06, -0.16, 0.02];
    static readonly double[] AreaTraffic = [0.8, 1.0, 0.5, 0.35, 0.6];
    static readonly double[] AreaSound = [57, 61, 53, 50, 54];

    readonly CityField city;
    readonly int area;
    readonly bool hasStove;
    readonly double fineBias;
    readonly double soundOffset;
    readonly double temperatureOffset;
    readonly HourlyAutoregression areaFine;
    readonly HourlyAutoregression ownFine;
    readonly HourlyAutoregression ownSound;
    readonly CounterNoise cooking;
    readonly CounterNoise stove;
    readonly CounterNoise loud;
    readonly CounterNoise measurement;

    long cachedHour = long.MinValue;
    long cachedDay = long.MinValue;
    CityHour from;
    CityHour to;
    double fineFrom, fineTo, soundFrom, soundTo;
    Episode cookingToday, stoveToday, loudToday;

    /// <summary>Creates the field of one device.</summary>
    /// <param name="noise">The root of all streams.</param>
    /// <param name="city">The city.</param>
    /// <param name="household">The household that the device stands at.</param>
    /// <param name="device">The number of the device.</param>
    public DeviceField(CounterNoise noise, CityField city, Household household, int device)
    {
        this.city = city;
        area = household.Area;
        var home = noise.Stream(100).Stream(household.Index);
        var own = noise.Stream(200).Stream(device);
        hasStove = home.Uniform(0) < 0.12;
        fineBias = 0.15 * home.Normal(1) + 0.03 * own.Normal(1);
        soundOffset = 3.5 * home.Normal(2) + 0.5 * own.Normal(2);
        temperatureOffset = 0.4 * own.Normal(3);
        areaFine = new(noise.Stream(300).Stream(area), 0.90);
        ownFine = new(own.Stream(4), 0.80);
        ownSound = new(own.Stream(5), 0.60);
        measurement = own.Stream(6);
        cooking = home.Stream(7);
        stove = home.Stream(8);
        loud = home.Stream(9);
    }

    /// <summary>Fills in all quantities at the given second since 1970.</summary>
    /// <param name="time">Seconds since 1970.</param>
    /// <param name="values">One element per <see cref="SimulatedQuantity"/>.</param>
    public void Sample(long time, Span<double> values)
    {
        var hour = time / Hour;
        if (hour != cachedHour) MoveTo(hour);
        var f = (time - hour * Hour) / (double)Hour;
        var draws = time * Quantities;

        var fine = Math.Exp(Between(fineFrom, fineTo, f) + 0.06 * measurement.Normal(draws)) + HouseholdSmoke(time);
        var coarse = Math.Exp(Between(from.LogCoarse, to.LogCoarse, f) + 0.12 * measurement.Normal(draws + 1));
        var traffic = AreaTraffic[area] * Between(from.Traffic, to.Traffic, f);
        values[(int)SimulatedQuantity.Pm25] = fine;
        values[(int)SimulatedQuantity.Pm10] = 1.15 * fine + coarse;
        values[(int)SimulatedQuantity.No2] =
            Math.Exp(2.2 + 1.1 * traffic + 0.5 * (Between(fineFrom, fineTo, f) - 2.1) + 0.08 * measurement.Normal(draws + 2));
        values[(int)SimulatedQuantity.O3] = Math.Max(0, Between(from.Ozone, to.Ozone, f) + 3 * measurement.Normal(draws + 3));

        var sound = Between(soundFrom, soundTo, f) + 1.5 * measurement.Normal(draws + 4);
        if (loudToday.Covers(time)) sound += 8 + 10 * loudToday.Strength;
        values[(int)SimulatedQuantity.Laeq] = Math.Clamp(sound, 26, 105);

        values[(int)SimulatedQuantity.Temperature] = Between(from.Temperature, to.Temperature, f)
            + temperatureOffset + 0.1 * measurement.Normal(draws + 5);
        values[(int)SimulatedQuantity.Humidity] =
            Math.Clamp(Between(from.Humidity, to.Humidity, f) + 0.5 * measurement.Normal(draws + 6), 0, 100);
        values[(int)SimulatedQuantity.Pressure] = Between(from.Pressure, to.Pressure, f) + 0.05 * measurement.Normal(draws + 7);
    }

    void MoveTo(long hour)
    {
        from = hour == cachedHour + 1 ? to : city.At(hour);
        to = city.At(hour + 1);
        (fineFrom, soundFrom) = hour == cachedHour + 1 ? (fineTo, soundTo) : Levels(hour, from);
        (fineTo, soundTo) = Levels(hour + 1, to);
        cachedHour = hour;

        var offset = city.UtcOffset(hour);
        var day = (hour * Hour + offset) / Day;
        if (day != cachedDay) StartDay(day, day * Day - offset);
    }

    (double Fine, double Sound) Levels(long hour, CityHour cityHour)
    {
        var traffic = AreaTraffic[area] * cityHour.Traffic;
        var fine = cityHour.LogFine + 0.30 * traffic + AreaOffsets[area] + 0.10 * areaFine.At(hour) + fineBias + 0.20 * ownFine.At(hour);
        var sound = AreaSound[area] + cityHour.Quiet + soundOffset + 2 * ownSound.At(hour);
        return (fine, sound);
    }

    void StartDay(long day, long midnight)
    {
        cachedDay = day;
        cookingToday = Episode.Draw(cooking, day, midnight + 17 * Hour, 3 * Hour, 0.30, 15 * 60, 45 * 60);
        loudToday = Episode.Draw(loud, day, midnight + 9 * Hour, 11 * Hour, 0.15, 5 * 60, 25 * 60);
        var cold = hasStove && city.At((midnight + 18 * Hour) / Hour).Temperature < 12;
        stoveToday = cold ? Episode.Draw(stove, day, midnight + 18 * Hour, 5 * Hour, 0.6, 2 * Hour, 4 * Hour) : Episode.None;
    }

    /// <summary>What the household itself adds, in µg/m³: a short spike from the kitchen, an evening of the stove.</summary>
    double HouseholdSmoke(long time)
    {
        var smoke = 0.0;
        if (cookingToday.Covers(time)) smoke += (6 + 34 * cookingToday.Strength) * Math.Sin(Math.PI * cookingToday.Progress(time));
        if (stoveToday.Covers(time)) smoke += 4 + 11 * stoveToday.Strength;
        return smoke;
    }

    static double Between(double start, double end, double fraction) => start + (end - start) * fraction;
}
