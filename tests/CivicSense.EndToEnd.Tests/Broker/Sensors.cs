using System.Globalization;
using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>
/// Sensors that publish to a broker, a value a second of event time each, and remember what they had sent and it had taken.
/// </summary>
sealed class Sensors(Func<string, MqttClientOptions> connection, IReadOnlyList<string> names, DateTimeOffset start)
{
    readonly int[] sent = new int[names.Count];
    readonly double[] sums = new double[names.Count];

    /// <summary>For each sensor the number and the sum of its values that the broker has acknowledged.</summary>
    public IEnumerable<(string Name, int Count, double Sum)> Acknowledged => names.Select((name, i) => (name, sent[i], sums[i]));

    public int Total => sent.Sum();

    /// <summary>Each sensor publishes so many values; returns when the broker has acknowledged all.</summary>
    public Task PublishAsync(int values, int connections = 1) => Task.WhenAll(
        Enumerable.Range(0, connections).Select(number => PublishAsync(values, number, connections)));

    async Task PublishAsync(int values, int number, int connections)
    {
        await using var client = await MqttClient.ConnectAsync(
            connection($"sensors{number}") with { AutoFlush = false, MaximumInFlight = 500 }, TestContext.Current.CancellationToken);
        var mine = Enumerable.Range(0, names.Count).Where(i => i % connections == number).ToArray();
        var topics = mine.Select(i => Encoding.UTF8.GetBytes($"civicsense/v1/{names[i]}/readings")).ToArray();
        for (var k = 0; k < values; k++)
        {
            for (var j = 0; j < mine.Length; j++)
            {
                var i = mine[j];
                // Quarters add up exactly in any order, so sums can be compared without a tolerance.
                var value = (4 + (7 * sent[i] + i) % 100) / 4.0;
                var payload = string.Create(
                    CultureInfo.InvariantCulture,
                    $$"""[{"bt":{{start.ToUnixTimeSeconds() + sent[i]}},"n":"pm2_5","u":"ug/m3","v":{{value}}}]""");
                await client.PublishAsync(
                    topics[j], Encoding.UTF8.GetBytes(payload), 1, cancellationToken: TestContext.Current.CancellationToken);
                sent[i]++;
                sums[i] += value;
            }
        }
        await client.DrainAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Publishes again what was published last by each, as a sensor does that has lost its connection before it knew.</summary>
    public async Task RepeatAsync(int values)
    {
        for (var i = 0; i < names.Count; i++)
        {
            for (var back = 0; back < values; back++)
            {
                sent[i]--;
                sums[i] -= (4 + (7 * sent[i] + i) % 100) / 4.0;
            }
        }
        await PublishAsync(values);
    }
}
