using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>Straight measurements of areas drawn from the model itself, with parameters that are known.</summary>
static class SimulatedHistory
{
    public static readonly PrivacyDay FirstDay = PrivacyDay.Parse("2026-03-02");

    public static readonly Area[] Areas = Array.ConvertAll(["0310", "0311", "0312", "0320", "0321"], Area.Parse);

    const double Owners = 30;

    /// <summary>Hours of five areas, or of others, and of the stations if there are some.</summary>
    public static FitHistory Draw(
        ModelParameters truth, int days, int seed, bool withStations = false, double noise = 0.04, Area[]? areas = null)
    {
        areas ??= Areas;
        var (random, history, zone) = (new Random(seed), new FitHistory(), TimeZoneInfo.Utc);
        var layout = withStations ? StateLayout.WithStations : StateLayout.WithoutStations;
        var level = Quantity.Pm25.ToModelScale(Quantity.Pm25.PriorMean);
        var spreads = Array.ConvertAll(areas, area => Spread.Of(truth, area, Owners));
        // Every place has three components of its own; the areas come first, then the stations.
        var (city, own) = (new Wanderers(random), new Wanderers(random));
        for (var day = FirstDay; day.Date < FirstDay.Date.AddDays(days); day = day.Next)
        {
            var context = new PlanContext(Plan(day, areas), [.. Enumerable.Repeat(new OwnerCount(Owners, 0), areas.Length)]);
            foreach (var window in context.Windows)
            {
                var common = level + Common(city, truth, layout, StateLayout.CityRow(window, zone));
                double Value(int place, Spread of, double memory, double localMemory) => common + own.Next(3 * place, of.Offset, memory)
                    + own.Next(3 * place + 1, of.Local, localMemory) + own.Next(3 * place + 2, of.Slow, truth.SlowMemory)
                    + Math.Sqrt(of.White) * random.Normal();
                var measured = Enumerable.Range(0, areas.Length).Select(
                    area => new Moments(
                        Value(area, spreads[area], truth.OffsetMemory, truth.LocalMemory) + Math.Sqrt(noise) * random.Normal(), noise)).ToArray();
                if (withStations)
                    history.AddStations(window, new Moments(
                        Value(areas.Length, Spread.OfStations(truth), truth.StationMemory(), truth.StationLocalMemory), 0.0004));
                history.Add(window, context, measured);
            }
        }
        return history;
    }

    static double Common(Wanderers city, ModelParameters truth, StateLayout layout, double[] row)
    {
        var variances = layout.Variances(truth, default);
        double[] memories = [truth.LevelMemory, truth.CityMemory, .. Enumerable.Repeat(truth.WaveMemory, 7)];
        return row.Select((factor, component) => factor * city.Next(component, variances[component], memories[component])).Sum();
    }

    static ReleasePlan Plan(PrivacyDay day, Area[] areas) => new()
    {
        Day = day, TimeZone = "UTC", FirstWindow = day.Windows(TimeZoneInfo.Utc)[0], LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [.. areas.Select(area => new PlannedArea(area, (int)Owners))],
        Quantities = [new(Quantity.Pm25, 0.95m, 0.78, Math.Log(3))],
        Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
    };

    /// <summary>First-order autoregressive processes, each begun at random.</summary>
    sealed class Wanderers(Random random)
    {
        readonly Dictionary<int, double> values = [];

        public double Next(int number, double variance, double memory)
        {
            var kept = Math.Exp(-1 / memory);
            return values[number] = values.TryGetValue(number, out var value)
                ? kept * value + Math.Sqrt(variance * (1 - kept * kept)) * random.Normal()
                : Math.Sqrt(variance) * random.Normal();
        }
    }
}
