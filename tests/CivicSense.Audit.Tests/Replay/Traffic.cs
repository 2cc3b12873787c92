using System.Collections.Immutable;
using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Everything that the sensors of a neighbourhood send while the node runs: one data set.</summary>
sealed record Traffic(Neighbourhood Place, ImmutableArray<Transmission> Sent)
{
    static readonly Quantity[] Measured = [Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.Temperature, Quantity.Humidity];

    /// <summary>In the order of arrival; what arrives together stays in the order of sending.</summary>
    public IEnumerable<Transmission> Arriving => Sent.OrderBy(message => message.Arrival).ThenBy(message => message.Sensor.Number);

    public static Traffic Generate(Neighbourhood place)
    {
        var random = new Random(place.Seed ^ 0x5eed);
        var sent = ImmutableArray.CreateBuilder<Transmission>();
        for (var window = HourWindow.Containing(place.Start); window <= HourWindow.Containing(place.End); window = window.Next)
        {
            foreach (var sensor in place.Sensors)
                sent.AddRange(OfHour(place, sensor, place.Households[sensor.Household], window, random));
        }
        return new Traffic(place, sent.ToImmutable());
    }

    /// <summary>What a sensor sends of one hour; the last of it may arrive shortly after.</summary>
    public static IEnumerable<Transmission> OfHour(
        Neighbourhood place, Sensor sensor, Temperament temperament, HourWindow window, Random random)
    {
        var missing = temperament switch
        {
            Temperament.Silent => 100,
            Temperament.Rare => 90,
            Temperament.High or Temperament.Low => 5,
            _ => 20,
        };
        if (random.Next(100) < missing)
            yield break;
        var count = random.Next(1, 4);
        for (var index = 0; index < count; index++)
        {
            var time = window.Start.AddMinutes(60 * (index + random.NextDouble()) / count);
            time = DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
            var lag = sensor.Kind == MessageKind.SenML ? TimeSpan.FromSeconds(random.Next(300)) : TimeSpan.Zero;
            if (time + lag >= place.Start)
                yield return Message(place, sensor, time, time + lag, temperament, random);
        }
    }

    public static Transmission Message(
        Neighbourhood place, Sensor sensor, DateTimeOffset time, DateTimeOffset arrival, Temperament temperament, Random random) =>
        new(arrival, sensor, PrivacyDay.Of(HourWindow.Containing(time), place.Zone),
        [
            .. Measured.Where(_ => random.Next(10) > 0)
                .Select(quantity => new Measured(quantity.Id, quantity.Unit, Text(Value(quantity, temperament, random)), time)),
        ]);

    static double Value(Quantity quantity, Temperament temperament, Random random)
    {
        var (low, high) = (quantity.Minimum, quantity.Maximum);
        return temperament switch
        {
            Temperament.High => high - (high - low) * 0.05 * random.NextDouble(),
            Temperament.Low => low + (high - low) * 0.001 * random.NextDouble(),
            Temperament.Wild => low + (high - low) * random.NextDouble(),
            _ => Math.Clamp(quantity.PriorMean * (0.6 + 0.8 * random.NextDouble()), low, high),
        };
    }

    static string Text(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>The messages of the owner-day that neighbours differ in.</summary>
    public IEnumerable<Transmission> OwnerDay => Sent.Where(IsOwnerDay);

    bool IsOwnerDay(Transmission message) => message.Sensor.Household == Neighbourhood.Target && message.Day == Place.Day;

    /// <summary>The neighbour in which the owner-day has these messages instead. All must belong to it.</summary>
    public Traffic WithOwnerDay(IEnumerable<Transmission> messages)
    {
        ImmutableArray<Transmission> own = [.. messages];
        Assert.All(own, message => Assert.True(IsOwnerDay(message), "Only the target's messages of the changed day may differ."));
        return this with { Sent = [.. Sent.Where(message => !IsOwnerDay(message)), .. own] };
    }

    /// <summary>The neighbour without the owner-day.</summary>
    public Traffic WithoutOwnerDay() => WithOwnerDay([]);

    /// <summary>The changed day with nobody but the target; the other days as they are.</summary>
    public Traffic OnlyOwnerDay() => this with { Sent = [.. Sent.Where(message => message.Day != Place.Day || IsOwnerDay(message))] };
}
