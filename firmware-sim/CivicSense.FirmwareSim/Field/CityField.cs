namespace CivicSense.FirmwareSim.Field;

/// <summary>What the whole city has in common in one hour.</summary>
readonly record struct CityHour
{
    /// <summary>The logarithm of the background of fine particles in µg/m³, without traffic.</summary>
    public required double LogFine { get; init; }

    /// <summary>The logarithm of the coarse fraction (PM10 less PM2.5) in µg/m³.</summary>
    public required double LogCoarse { get; init; }

    /// <summary>Road traffic, 0 (none) to 1 (a working day's peak).</summary>
    public required double Traffic { get; init; }

    /// <summary>How far below the daytime level sound lies, in dB, at most 0.</summary>
    public required double Quiet { get; init; }

    /// <summary>Air temperature in °C.</summary>
    public required double Temperature { get; init; }

    /// <summary>Relative humidity in %.</summary>
    public required double Humidity { get; init; }

    /// <summary>Air pressure in hPa.</summary>
    public required double Pressure { get; init; }

    /// <summary>Ozone background in µg/m³.</summary>
    public required double Ozone { get; init; }
}

/// <summary>Weather, background pollution and traffic of a simulated city, hour by hour.</summary>
/// <remarks>Safe for concurrent use. A pure function of seed, time zone and hour; hours of the table are only faster.</remarks>
sealed class CityField
{
    const long Hour = 3600;
    const long Day = 24 * Hour;
    const long EpisodeBlock = 6 * Day;

    // Weekday traffic by local hour as a share of the peak; the shape (two rush hours, a low at 3 h) is that of urban counts in general.
    static readonly double[] Weekday =
        [0.10, 0.06, 0.04, 0.04, 0.08, 0.22, 0.52, 0.90, 1.00, 0.74, 0.62, 0.62, 0.66, 0.66, 0.70, 0.82, 0.96, 1.00, 0.80, 0.56, 0.42, 0.34,
            0.26, 0.17];

    static readonly double[] Weekend =
        [0.20, 0.15, 0.11, 0.08, 0.07, 0.08, 0.12, 0.20, 0.30, 0.42, 0.52, 0.58, 0.60, 0.60, 0.58, 0.56, 0.55, 0.53, 0.48, 0.40, 0.34, 0.29,
            0.26, 0.22];

    readonly TimeZoneInfo timeZone;
    readonly CounterNoise episodes;
    readonly HourlyAutoregression fine;
    readonly HourlyAutoregression coarse;
    readonly HourlyAutoregression temperature;
    readonly HourlyAutoregression humidity;
    readonly HourlyAutoregression pressure;
    readonly long firstHour;
    readonly CityHour[] table;

    /// <summary>Creates the field and works out the hours from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public CityField(CounterNoise noise, TimeZoneInfo timeZone, DateTimeOffset start, DateTimeOffset end)
    {
        this.timeZone = timeZone;
        episodes = noise.Stream(1);
        fine = new(noise.Stream(2), 0.96);
        coarse = new(noise.Stream(3), 0.93);
        temperature = new(noise.Stream(4), 0.98);
        humidity = new(noise.Stream(5), 0.95);
        pressure = new(noise.Stream(6), 0.985);
        firstHour = start.ToUnixTimeSeconds() / Hour;
        table = new CityHour[end.ToUnixTimeSeconds() / Hour + 2 - firstHour];
        for (var i = 0; i < table.Length; i++) table[i] = Compute(firstHour + i);
    }

    /// <summary>Local time less UTC at the given hour, in seconds.</summary>
    public long UtcOffset(long hour) => (long)timeZone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(hour * Hour)).TotalSeconds;

    /// <summary>The city at the start of the given hour since 1970.</summary>
    public CityHour At(long hour)
    {
        var index = hour - firstHour;
        return index >= 0 && index < table.Length ? table[index] : Compute(hour);
    }

    CityHour Compute(long hour)
    {
        var local = hour * Hour + UtcOffset(hour);
        var dayNumber = local / Day;
        var localHour = local % Day / (double)Hour;
        var traffic = Interpolate(IsWeekend(dayNumber) ? Weekend : Weekday, localHour);

        // Coldest in mid January, warmest in mid July, and coldest before sunrise, warmest at 15 h.
        var season = Math.Cos((dayNumber % 365.25 - 196) / 365.25 * Math.Tau);
        var sun = Math.Cos((localHour - 15) / 24 * Math.Tau);
        var weather = temperature.At(hour);
        var degrees = 10.5 + 7.5 * season + (3 + 1.5 * season) * sun + 2.5 * weather;

        // A shallow mixing layer keeps the night's emissions near the ground, most of all on winter mornings and evenings.
        var inversion = -0.16 * sun + 0.08 * Math.Cos((localHour - 22) / 12 * Math.Tau);
        return new CityHour
        {
            LogFine = Math.Log(8.5) - 0.25 * season + 0.30 * fine.At(hour) + inversion + EpisodeAt(hour * Hour),
            LogCoarse = Math.Log(5.0) + 0.35 * coarse.At(hour) + 0.12 * sun,
            Traffic = traffic,
            Quiet = 10 * Math.Log10(0.08 + 0.92 * Math.Min(1, traffic / 0.75)),
            Temperature = degrees,
            Humidity = Math.Clamp(78 - 6 * season - 2.4 * (3 + 1.5 * season) * sun + 7 * humidity.At(hour), 25, 100),
            Pressure = 1014 + 9 * pressure.At(hour) - 1.5 * weather,
            Ozone = Math.Max(2, 52 + 14 * season + 20 * sun - 12 * traffic + 8 * weather),
        };
    }

    /// <summary>A slow rise and fall over one to three days, on the logarithmic scale: up to about three times the background.</summary>
    double EpisodeAt(long time)
    {
        var block = time / EpisodeBlock;
        var episode = Episode.Draw(episodes, block, block * EpisodeBlock, EpisodeBlock, 0.75, Day, 3 * Day);
        if (!episode.Covers(time)) return 0;
        var sine = Math.Sin(Math.PI * episode.Progress(time));
        return (0.5 + 0.6 * episode.Strength) * sine * sine;
    }

    // 1 January 1970 was a Thursday.
    static bool IsWeekend(long dayNumber) => (dayNumber + 3) % 7 >= 5;

    static double Interpolate(double[] byHour, double localHour)
    {
        var whole = (int)localHour;
        var fraction = localHour - whole;
        return byHour[whole % 24] * (1 - fraction) + byHour[(whole + 1) % 24] * fraction;
    }
}
