using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>What may become of an owner-day.</summary>
static class OwnerDays
{
    static readonly string[] Malformed =
    [
        "", "[", "{}", "[]", "[{}]", "null", """[{"n":"pm2_5","v":NaN}]""", """[{"n":"pm2_5","v":1e999}]""", """[{"n":"pm2_5","v":"12"}]""",
        """[{"bver":11,"n":"pm2_5","v":1}]""", """[{"n":"pm2_5","v":1,"x_":1}]""",
        """{"sensordatavalues":[{"value_type":"SDS_P2","value":"1"}""",
        """[{"n":"pm2_5","v":1}] []""", "\u0000\u0001", "[[[[[[[[[[1]]]]]]]]]]",
    ];

    /// <summary>The same household, measuring something else all day.</summary>
    public static IEnumerable<Transmission> Anew(Traffic data, Temperament temperament, Random random) =>
        data.Place.Windows.SelectMany(window => data.Place.SensorsOf(Neighbourhood.Target)
            .SelectMany(sensor => Traffic.OfHour(data.Place, sensor, temperament, window, random)));

    /// <summary>
    /// The same messages with the least value of every quantity but humidity: in dry air a calibrated zero is above zero.
    /// </summary>
    public static IEnumerable<Transmission> Lowest(Traffic data) => data.OwnerDay.Select(message => message with
    {
        Readings =
        [
            .. message.Readings.Select(reading => reading.Quantity == Quantity.Humidity.Id ? reading : reading with
            {
                Value = Quantity.All.Single(quantity => quantity.Id == reading.Quantity).Minimum.ToString(CultureInfo.InvariantCulture),
            }),
        ],
    });

    /// <summary>The same values in other hours of the day.</summary>
    public static IEnumerable<Transmission> Moved(Traffic data, Random random)
    {
        var windows = data.Place.Windows;
        return data.OwnerDay.Select(message =>
        {
            var time = windows[random.Next(windows.Count)].Start.AddMinutes(random.Next(59));
            return message with
            {
                Arrival = time.AddSeconds(5),
                Readings = [.. message.Readings.Select(reading => reading with { Time = time })],
            };
        }).ToArray();
    }

    /// <summary>The same messages, each of which is no message or holds no valid number.</summary>
    public static IEnumerable<Transmission> Spoiled(Traffic data, Random random) => data.OwnerDay.Select(message => random.Next(3) switch
    {
        0 => message with { Malformed = Malformed[random.Next(Malformed.Length)] },
        1 => message with { Topic = random.Next(2) == 0 ? "readings/x" : "../sensor-9/readings" },
        _ => message with { Readings = [.. message.Readings.Select(reading => reading with { Value = NoNumber(message.Sensor, random) })] },
    }).ToArray();

    static string NoNumber(Sensor sensor, Random random)
    {
        string[] texts = sensor.Kind == MessageKind.AirRohr
            ? ["nan", "NaN", "inf", "-Infinity", "1e400", "", "12,5", "-1e9", "99999"]
            : ["-1e9", "99999", "1e308", "-1e308", "\"NaN\"", "null", "1e400"];
        return texts[random.Next(texts.Length)];
    }

    /// <summary>The same messages after their hours have closed: minutes, hours or a day too late.</summary>
    public static IEnumerable<Transmission> Late(Traffic data, Random random) => data.OwnerDay
        .Where(message => message.Sensor.Kind == MessageKind.SenML)
        .Select(message =>
        {
            var end = message.Readings.Select(reading => HourWindow.Containing(reading.Time).End).Append(message.Arrival).Max();
            var closed = end + data.Place.Options.Lateness;
            return message with { Arrival = closed.AddSeconds(random.Next(2) == 0 ? random.Next(60) : random.Next(60 * 60 * 12)) };
        })
        .Where(message => message.Arrival < data.Place.End).ToArray();

    /// <summary>Every message is delivered again once or twice: at once, or later while its hour is open, or after.</summary>
    public static IEnumerable<Transmission> Twice(Traffic data, Random random) =>
        data.OwnerDay.SelectMany(message => Enumerable.Range(0, random.Next(1, 3)).Select(_ =>
            message with { Arrival = message.Arrival.AddSeconds(random.Next(600)), Repeated = true }).Prepend(message)).ToArray();

    /// <summary>What arrived in a span of time, once more at a later moment.</summary>
    public static IEnumerable<Transmission> SentAgain(Traffic data, DateTimeOffset from, DateTimeOffset at) => data.OwnerDay
        .Where(message => message.Arrival >= from && message.Arrival < at)
        .OrderBy(message => message.Arrival)
        .Select((message, index) => message with { Arrival = at.AddMilliseconds(index), Repeated = true }).ToArray();

    /// <summary>Thousands of messages of all sorts in an hour, on top of the day.</summary>
    public static IEnumerable<Transmission> Flood(Traffic data, Random random, int messages)
    {
        var sensors = data.Place.SensorsOf(Neighbourhood.Target).ToArray();
        var window = data.Place.Windows[random.Next(2, 20)];
        return data.OwnerDay.Concat(Enumerable.Range(0, messages).Select(index =>
        {
            var time = window.Start.AddSeconds(3500.0 * index / messages);
            var temperament = index % 2 == 0 ? Temperament.High : Temperament.Wild;
            return Traffic.Message(data.Place, sensors[index % sensors.Length], time, time.AddSeconds(1), temperament, random);
        })).ToArray();
    }

    /// <summary>Messages whose readings are of other days, long past and far ahead.</summary>
    public static IEnumerable<Transmission> WrongClock(Traffic data, Random random)
    {
        TimeSpan[] offsets =
        [
            TimeSpan.FromDays(-400), TimeSpan.FromDays(-1), TimeSpan.FromHours(-3),
            TimeSpan.FromMinutes(6), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(3000),
        ];
        return data.OwnerDay.SelectMany(message => Enumerable.Range(0, 20).Select(_ =>
        {
            var time = message.Arrival + offsets[random.Next(offsets.Length)];
            return message with { Readings = [.. message.Readings.Select(reading => reading with { Time = time, Value = "30" })] };
        })).ToArray();
    }

    /// <summary>Twenty minutes around both midnights of the day: extreme on the day itself, ordinary on the days beside it.</summary>
    public static IEnumerable<Transmission> AroundMidnight(Traffic data, Random random)
    {
        var place = data.Place;
        foreach (var midnight in new[] { place.Windows[0].Start, place.Windows[^1].End })
        {
            foreach (var sensor in place.SensorsOf(Neighbourhood.Target))
            {
                for (var seconds = -600; seconds <= 600; seconds += 20)
                {
                    var time = midnight.AddSeconds(seconds);
                    var isOfDay = PrivacyDay.Of(HourWindow.Containing(time), place.Zone) == place.Day;
                    var temperament = isOfDay ? Temperament.High : Temperament.Ordinary;
                    yield return Traffic.Message(place, sensor, time, time.AddSeconds(random.Next(200)), temperament, random);
                }
            }
        }
    }

    /// <summary>Readings of quantities, names and units that the node does not know.</summary>
    public static IEnumerable<Transmission> Unknown(Traffic data, Random random) => data.OwnerDay.Select(message => message with
    {
        Readings = [.. message.Readings.Select(reading => random.Next(2) == 0 || message.Sensor.Kind == MessageKind.AirRohr
            ? reading with { Quantity = random.Next(2) == 0 ? "co2" : "SDS_P9" }
            : reading with { Unit = random.Next(2) == 0 ? "furlong" : "m/s" })],
    }).ToArray();

    /// <summary>The same values in other units in some of the messages.</summary>
    public static IEnumerable<Transmission> OtherUnits(Traffic data, Random random) => data.OwnerDay.Select(message =>
        random.Next(2) == 0 ? message : message with { Readings = [.. message.Readings.Select(OtherUnit)] }).ToArray();

    static Measured OtherUnit(Measured reading)
    {
        var value = double.Parse(reading.Value, CultureInfo.InvariantCulture);
        return reading.Quantity switch
        {
            "pm2_5" or "pm10" => reading with { Unit = "kg/m3", Value = (value / 1e9).ToString("R", CultureInfo.InvariantCulture) },
            "temperature" => reading with { Unit = "K", Value = (value + 273.15).ToString("R", CultureInfo.InvariantCulture) },
            "laeq" => reading with { Unit = "dBA" },
            _ => reading,
        };
    }
}
