using System.Text;
using System.Text.Json;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim.Tests;

/// <summary>Short ways to what the tests of fleets need again and again.</summary>
static class TestFleet
{
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    public static FleetOptions Options(int devices = 20, double hours = 24) => new()
    {
        Devices = devices, Start = Monday, End = Monday.AddHours(hours), Faults = false,
    };

    /// <summary>Nothing goes wrong but what is switched on, and that with every device.</summary>
    public static readonly FaultRates NoFaults = new()
    {
        ConstantBias = 0, DropOut = 0, Duplicate = 0, StuckValue = 0, OutOfRange = 0, Malformed = 0, Late = 0, ClockAhead = 0,
    };

    public static List<SentMessage> Send(Fleet fleet) => [.. fleet.Feeds(fleet.Start, fleet.End, live: false).SelectMany(Send)];

    public static List<SentMessage> Send(DeviceFeed feed)
    {
        var sent = new List<SentMessage>();
        while (feed.NextSendTime != DeviceFeed.Ended)
        {
            var time = feed.NextSendTime;
            var message = feed.Next();
            sent.Add(new SentMessage(feed.Name, time, Encoding.UTF8.GetString(message.Payload.Span), message.Duplicate));
        }
        return sent;
    }

    public static FleetCounts Count(Fleet fleet)
    {
        var feeds = fleet.Feeds(fleet.Start, fleet.End, live: false);
        foreach (var feed in feeds) Send(feed);
        return Tally.Sum(feeds.Select(feed => feed.Sent));
    }
}

/// <summary>A message as it left a feed.</summary>
sealed record SentMessage(string Device, long SendTime, string Payload, bool Duplicate)
{
    public bool IsJson
    {
        get
        {
            try
            {
                JsonDocument.Parse(Payload).Dispose();
                return true;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>The base time of a SenML pack.</summary>
    public long Time
    {
        get
        {
            using var json = JsonDocument.Parse(Payload);
            return json.RootElement[0].GetProperty("bt").GetInt64();
        }
    }

    /// <summary>The values of a SenML pack by name.</summary>
    public Dictionary<string, double> Values()
    {
        using var json = JsonDocument.Parse(Payload);
        return json.RootElement.EnumerateArray()
            .ToDictionary(record => record.GetProperty("n").GetString()!, record => record.GetProperty("v").GetDouble());
    }
}
