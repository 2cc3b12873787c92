using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// The model written down as one large normal distribution over the values of some places in some hours, conditioned by inverting a
/// matrix: what the filters must agree with.
/// </summary>
/// <remarks>
/// Places share the city; what is their own is independent. They are numbered as <see cref="Signal"/> is. Deviations are from the prior
/// mean. It follows docs/estimation.md, not the code of the filters: the covariance of two hours is a sum over components of
/// row x row x variance x retention^lag.
/// </remarks>
sealed class JointNormal(ModelParameters parameters, TimeZoneInfo zone, Spread[] places)
{
    readonly List<(int Place, HourWindow Hour, double Value, double Noise)> observations = [];

    /// <summary>Remembers a measurement of a place.</summary>
    public void Observe(int place, HourWindow hour, double value, double noise) => observations.Add((place, hour, value, noise));

    /// <summary>Mean and variance of a weighted sum of the places' values, given all that was observed.</summary>
    public Moments Of(params (int Place, HourWindow Hour, double Weight)[] sum)
    {
        var prior = sum.Sum(left => sum.Sum(right =>
            left.Weight * right.Weight * Covariance(left.Place, left.Hour, right.Place, right.Hour)));
        if (observations.Count == 0)
            return new Moments(0, prior);
        var common = Vector<double>.Build.Dense(
            observations.Count, i => sum.Sum(part => part.Weight * Covariance(
                part.Place, part.Hour, observations[i].Place, observations[i].Hour)));
        var solved = Observed().Cholesky().Solve(common);
        return new Moments(solved * Values(), prior - solved * common);
    }

    /// <summary>The logarithm of the density of all that was observed.</summary>
    public double LogDensity()
    {
        var decomposition = Observed().Cholesky();
        return -0.5 * (Values() * decomposition.Solve(Values()) + decomposition.DeterminantLn + observations.Count * Math.Log(2 * Math.PI));
    }

    Matrix<double> Observed() => Matrix<double>.Build.Dense(observations.Count, observations.Count, (i, j) =>
        Covariance(observations[i].Place, observations[i].Hour, observations[j].Place, observations[j].Hour)
            + (i == j ? observations[i].Noise : 0));

    Vector<double> Values() => Vector<double>.Build.Dense(observations.Count, i => observations[i].Value);

    double Covariance(int place, HourWindow hour, int otherPlace, HourWindow otherHour)
    {
        var lag = Math.Abs(hour.Index - otherHour.Index);
        var (first, second) = (Components(hour), Components(otherHour));
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
            sum += first[i].Factor * second[i].Factor * first[i].Deviation * first[i].Deviation * Math.Exp(-lag / first[i].Memory);
        if (place != otherPlace)
            return sum;
        var own = places[place];
        var localMemory = place == (int)Signal.Station ? parameters.StationLocalMemory : parameters.LocalMemory;
        var offsetMemory = place == (int)Signal.Station ? StationMemory() : parameters.OffsetMemory;
        return sum + own.Offset * Math.Exp(-lag / offsetMemory) + own.Local * Math.Exp(-lag / localMemory)
            + own.Slow * Math.Exp(-lag / parameters.SlowMemory) + (lag == 0 ? own.White : 0);
    }

    /// <summary>Of one process with the variance of place and instruments together, and their change from hour to hour.</summary>
    double StationMemory()
    {
        var p = parameters;
        var (place, instruments) = (Math.Pow(p.OffsetDeviation, 2), Math.Pow(p.StationOffsetDeviation, 2));
        return (place + instruments) / (place / p.OffsetMemory + instruments / p.StationOffsetMemory);
    }

    /// <summary>The city's components: level, weather, two waves of the day, and at weekends a level and a wave on top.</summary>
    (double Factor, double Deviation, double Memory)[] Components(HourWindow hour)
    {
        var local = TimeZoneInfo.ConvertTime(hour.Start, zone);
        var angle = 2 * Math.PI * (local.Hour + local.Minute / 60.0) / 24;
        var weekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1 : 0;
        var p = parameters;
        return
        [
            (1, p.LevelDeviation, p.LevelMemory), (1, p.CityDeviation, p.CityMemory),
            (Math.Cos(angle), p.DailyWaveDeviation, p.WaveMemory), (Math.Sin(angle), p.DailyWaveDeviation, p.WaveMemory),
            (Math.Cos(2 * angle), p.HalfDailyWaveDeviation, p.WaveMemory), (Math.Sin(2 * angle), p.HalfDailyWaveDeviation, p.WaveMemory),
            (weekend, p.WeekendDeviation, p.WaveMemory), (weekend * Math.Cos(angle), p.WeekendDeviation, p.WaveMemory),
            (weekend * Math.Sin(angle), p.WeekendDeviation, p.WaveMemory),
        ];
    }
}
