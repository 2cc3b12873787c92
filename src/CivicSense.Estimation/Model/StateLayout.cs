using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What a filter can be told a value of.</summary>
enum Signal
{
    /// <summary>The mean over the owners of the filter's area.</summary>
    Inside,

    /// <summary>The pooled areas around it.</summary>
    Outside,

    /// <summary>The official stations.</summary>
    Station,
}

/// <summary>
/// Which component stands where in a filter's state: nine of the city, then three (offset, local, slow) of each <see cref="Signal"/>,
/// then what the stations measured in the last hours, for values that come late, and last what the area has in the present hour alone.
/// </summary>
sealed class StateLayout
{
    /// <summary>Level, weather, the 24-hour and the 12-hour wave, and at weekends a level and a 24-hour wave on top.</summary>
    public const int CityComponents = 9;

    /// <summary>The oldest station value that is still of use, in hours before the newest hour.</summary>
    public const int LongestDelay = 3;

    const int PerSignal = 3;

    StateLayout(bool hasStations)
    {
        HasStations = hasStations;
        White = CityComponents + PerSignal * (hasStations ? 3 : 2) + (hasStations ? LongestDelay : 0);
        Dimension = White + 1;
    }

    public static StateLayout WithStations { get; } = new(hasStations: true);

    public static StateLayout WithoutStations { get; } = new(hasStations: false);

    public bool HasStations { get; }

    public int Dimension { get; }

    /// <summary>
    /// The component of what the area has in the present hour alone. Those of its surroundings are noise: nobody asks for them.
    /// </summary>
    public int White { get; }

    public static int Offset(Signal signal) => CityComponents + PerSignal * (int)signal;

    public static int Local(Signal signal) => Offset(signal) + 1;

    public static int Slow(Signal signal) => Offset(signal) + 2;

    /// <summary>The component that holds what the stations had so many hours ago.</summary>
    public static int Past(int hours) => CityComponents + PerSignal * 3 + hours - 1;

    /// <summary>The components in which areas differ from hour to hour: those that depend on the city's level.</summary>
    public int[] Differences() => [.. Signals().SelectMany(signal => (int[])[Local(signal), Slow(signal)]), White];

    /// <summary>How the city components add up in an hour.</summary>
    public static double[] CityRow(HourWindow window, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(window.Start, zone);
        var (sine, cosine) = Math.SinCos(2 * Math.PI * local.TimeOfDay.TotalHours / 24);
        var (sine2, cosine2) = Math.SinCos(4 * Math.PI * local.TimeOfDay.TotalHours / 24);
        var weekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.0 : 0.0;
        return [1, 1, cosine, sine, cosine2, sine2, weekend, weekend * cosine, weekend * sine];
    }

    /// <summary>How a signal adds up from the state in an hour.</summary>
    public double[] Row(Signal signal, ReadOnlySpan<double> cityRow)
    {
        var row = new double[Dimension];
        cityRow.CopyTo(row);
        row[Offset(signal)] = row[Local(signal)] = row[Slow(signal)] = 1;
        if (signal == Signal.Inside)
            row[White] = 1;
        return row;
    }

    /// <summary>The row of what the stations had so many hours ago.</summary>
    public double[] PastRow(int hours)
    {
        var row = new double[Dimension];
        row[Past(hours)] = 1;
        return row;
    }

    /// <summary>What is left of each component after so many hours.</summary>
    public double[] Retention(ModelParameters parameters, long hours)
    {
        var result = new double[Dimension];
        Array.Fill(result, 1);
        result[White] = 0;
        result[0] = ModelParameters.Retention(parameters.LevelMemory, hours);
        result[1] = ModelParameters.Retention(parameters.CityMemory, hours);
        result.AsSpan(2, 7).Fill(ModelParameters.Retention(parameters.WaveMemory, hours));
        foreach (var signal in Signals())
        {
            var lasting = signal == Signal.Station ? parameters.StationMemory() : parameters.OffsetMemory;
            result[Offset(signal)] = ModelParameters.Retention(lasting, hours);
            var local = signal == Signal.Station ? parameters.StationLocalMemory : parameters.LocalMemory;
            result[Local(signal)] = ModelParameters.Retention(local, hours);
            result[Slow(signal)] = ModelParameters.Retention(parameters.SlowMemory, hours);
        }
        return result;
    }

    /// <summary>The long-run variance of each component.</summary>
    public double[] Variances(ModelParameters parameters, AreaSpread spread)
    {
        var result = new double[Dimension];
        ReadOnlySpan<double> city =
        [
            parameters.LevelDeviation, parameters.CityDeviation, parameters.DailyWaveDeviation, parameters.DailyWaveDeviation,
            parameters.HalfDailyWaveDeviation, parameters.HalfDailyWaveDeviation,
            parameters.WeekendDeviation, parameters.WeekendDeviation, parameters.WeekendDeviation,
        ];
        for (var i = 0; i < CityComponents; i++)
            result[i] = city[i] * city[i];
        result[White] = spread.Inside.White;
        foreach (var signal in Signals())
        {
            var own = signal switch
            {
                Signal.Inside => spread.Inside,
                Signal.Outside => spread.Outside,
                _ => Spread.OfStations(parameters),
            };
            (result[Offset(signal)], result[Local(signal)], result[Slow(signal)]) = (own.Offset, own.Local, own.Slow);
        }
        return result;
    }

    IEnumerable<Signal> Signals() => HasStations ? [Signal.Inside, Signal.Outside, Signal.Station] : [Signal.Inside, Signal.Outside];
}
