using CivicSense.Commons;
using MathNet.Numerics.LinearAlgebra;

namespace CivicSense.Estimation.Tests;

public sealed class SmootherTests
{
    static readonly TimeZoneInfo Zone = TimeZoneInfo.Utc;
    static readonly PrivacyDay Day = PrivacyDay.Parse("2026-05-01");

    /// <summary>Checks the recursions against conditioning one large joint normal distribution, built from the model's definition.</summary>
    [Fact]
    public void Smoothed_hours_and_sums_equal_conditioning_the_joint_normal_distribution()
    {
        const int hours = 6, areas = 2;
        const double noise = 0.09;
        var plan = new ReleasePlan
        {
            Day = Day, TimeZone = "UTC", FirstWindow = Day.Windows(Zone)[0], Areas = [new(Area.Parse("0"), 10), new(Area.Parse("1"), 20)],
            Quantities = [new(Quantity.Pm25, 0.9m, 0.6, 1.1)], Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
        };
        OwnerCount[] owners = [new(10, 1), new(20, 1)];
        var random = new Random(5);
        var measured = Matrix<double>.Build.Dense(hours, areas, (_, _) => random.NextDouble() - 0.5);

        var filter = new QuantityFilter(Quantity.Pm25, plan, plan.FirstWindow, owners);
        for (var hour = 0; hour < hours; hour++)
        {
            var step = filter.Advance(plan, new HourWindow(plan.FirstWindow.Index + hour), Zone, owners, _ => plan);
            for (var area = 0; area < areas; area++)
            {
                var value = filter.Level + measured[hour, area];
                filter.Update(step, area, (mean, variance) =>
                    (mean + variance / (variance + noise) * (value - mean), variance * noise / (variance + noise)));
            }
        }

        var prior = JointCovariance(hours, owners, filter.History);
        var inverse = (prior + noise * Matrix<double>.Build.DenseIdentity(hours * areas)).Inverse();
        var data = Vector<double>.Build.Dense(hours * areas, i => measured[i / areas, i % areas]);
        var mean = prior * (inverse * data);
        var covariance = prior - prior * inverse * prior;

        var smoother = new Smoother(filter);
        var smoothed = smoother.Hours(0, hours - 1);
        for (var i = 0; i < hours * areas; i++)
        {
            Assert.Equal(mean[i], smoothed[i / areas].Mean[i % areas] - filter.Level, 9);
            Assert.Equal(covariance[i, i], smoothed[i / areas].Covariance[i % areas, i % areas], 9);
        }
        Assert.Equal(covariance[2, 3], smoothed[1].Covariance[0, 1], 9);

        // The sum over the first four hours of area 0 and half of area 1, given all six hours.
        double[][][] weights = [.. Enumerable.Range(0, 4).Select(_ => new double[][] { [1, 0.5] })];
        var sum = Vector<double>.Build.Dense(hours * areas, i => i / areas < 4 ? (i % areas == 0 ? 1 : 0.5) : 0);
        Assert.Equal(sum * (covariance * sum), smoother.Variances(0, weights)[0], 9);
    }

    static Matrix<double> JointCovariance(int hours, OwnerCount[] owners, List<FilterStep> steps)
    {
        var p = ProcessParameters.Of(Quantity.Pm25);
        double[] waves = [p.DailyWaveDeviation, p.DailyWaveDeviation, p.HalfDailyWaveDeviation, p.HalfDailyWaveDeviation];
        return Matrix<double>.Build.Dense(hours * owners.Length, hours * owners.Length, (i, j) =>
        {
            var (hour, other) = (i / owners.Length, j / owners.Length);
            var lag = Math.Abs(hour - other);
            var sum = Math.Pow(Quantity.Pm25.PriorDeviation, 2) * Math.Pow(p.LevelRetention, lag)
                + Math.Pow(p.CityDeviation, 2) * Math.Pow(p.CityRetention, lag);
            for (var wave = 0; wave < waves.Length; wave++)
                sum += steps[hour].CityRow[2 + wave] * steps[other].CityRow[2 + wave] * waves[wave] * waves[wave] * Math.Pow(p.WaveRetention, lag);
            if (i % owners.Length != j % owners.Length)
                return sum;
            var count = owners[i % owners.Length].Mean;
            return sum + (Math.Pow(p.OffsetDeviation, 2) + Math.Pow(p.HouseholdBias, 2) / count) * Math.Pow(p.OffsetRetention, lag)
                + (Math.Pow(p.LocalDeviation, 2) + Math.Pow(p.HouseholdVariation, 2) / count) * Math.Pow(p.LocalRetention, lag);
        });
    }
}
