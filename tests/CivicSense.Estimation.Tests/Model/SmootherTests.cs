using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;

namespace CivicSense.Estimation.Tests;

public sealed class SmootherTests
{
    static readonly TimeZoneInfo Zone = TimeZoneInfo.Utc;
    static readonly PrivacyDay Day = PrivacyDay.Parse("2026-05-01");

    /// <summary>
    /// Checks the recursions against conditioning one large joint normal distribution, built from the model's definition.
    /// </summary>
    [Fact]
    public void Smoothed_hours_and_sums_equal_conditioning_the_joint_normal_distribution()
    {
        const int hours = 6, areas = 2;
        const double noise = 0.09;
        OwnerCount[] owners = [new(10, 1), new(20, 1)];
        var random = new Random(5);
        var measured = Matrix<double>.Build.Dense(hours, areas, (_, _) => random.NextDouble() - 0.5);

        var parameters = ProcessParameters.Of(Quantity.Pm25);
        var spreads = Array.ConvertAll(owners, count => Spread.Of(parameters, count.Mean));
        // Of two areas, each is all of the other's outside: here the filters are exact.
        AreaFilter[] filters = [.. Enumerable.Range(0, areas).Select(area => AreaFilter.Start(Quantity.Pm25, new(spreads[area], spreads[1 - area])))];
        for (var hour = 0; hour < hours; hour++)
        {
            var window = new HourWindow(Day.Windows(Zone)[0].Index + hour);
            var step = new ModelHour(window, null, StateLayout.CityRow(window, Zone), parameters.Retention(1), owners);
            for (var area = 0; area < areas; area++)
            {
                filters[area].Advance(Quantity.Pm25, step);
                filters[area].Update(Side.Outside, new Moments(filters[area].Level + measured[hour, 1 - area], noise));
                filters[area].Update(Side.Inside, new Moments(filters[area].Level + measured[hour, area], noise));
            }
        }

        var prior = JointCovariance(hours, owners, filters[0].History);
        var inverse = (prior + noise * Matrix<double>.Build.DenseIdentity(hours * areas)).Inverse();
        var data = Vector<double>.Build.Dense(hours * areas, i => measured[i / areas, i % areas]);
        var mean = prior * (inverse * data);
        var covariance = prior - prior * inverse * prior;

        for (var area = 0; area < areas; area++)
        {
            var smoother = new Smoother(filters[area]);
            var smoothed = smoother.Hours(0, hours - 1);
            for (var hour = 0; hour < hours; hour++)
            {
                Assert.Equal(mean[hour * areas + area], smoothed[hour].Mean - filters[area].Level, 9);
                Assert.Equal(covariance[hour * areas + area, hour * areas + area], smoothed[hour].Variance, 9);
            }

            // A weighted sum over the first four hours, given all six.
            var sum = Vector<double>.Build.Dense(hours * areas, i => i / areas < 4 && i % areas == area ? 1 + i / areas : 0);
            Assert.Equal(sum * (covariance * sum), smoother.Variance(0, [1, 2, 3, 4]), 9);
        }
    }

    static Matrix<double> JointCovariance(int hours, OwnerCount[] owners, List<FilterStep> steps)
    {
        var p = ProcessParameters.Of(Quantity.Pm25);
        double[] waves = [p.DailyWaveDeviation, p.DailyWaveDeviation, p.HalfDailyWaveDeviation, p.HalfDailyWaveDeviation];
        return Matrix<double>.Build.Dense(hours * owners.Length, hours * owners.Length, (i, j) =>
        {
            var (hour, other) = (i / owners.Length, j / owners.Length);
            var lag = Math.Abs(hour - other);
            var sum = Math.Pow(ProcessParameters.LevelSpread * Quantity.Pm25.PriorDeviation, 2) * Math.Pow(p.LevelRetention, lag)
                + Math.Pow(p.CityDeviation, 2) * Math.Pow(p.CityRetention, lag);
            for (var wave = 0; wave < waves.Length; wave++)
                sum += steps[hour].Hour.CityRow[2 + wave] * steps[other].Hour.CityRow[2 + wave] * waves[wave] * waves[wave] * Math.Pow(p.WaveRetention, lag);
            if (i % owners.Length != j % owners.Length)
                return sum;
            var count = owners[i % owners.Length].Mean;
            return sum + (Math.Pow(p.OffsetDeviation, 2) + Math.Pow(p.HouseholdBias, 2) / count) * Math.Pow(p.OffsetRetention, lag)
                + (Math.Pow(p.LocalDeviation, 2) + Math.Pow(p.HouseholdVariation, 2) / count) * Math.Pow(p.LocalRetention, lag);
        });
    }
}
