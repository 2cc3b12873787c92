using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Limits of MQTT as a steward sets them.</summary>
[Collection(ProcessCollection.Name)]
public sealed class LimitTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.00:00:00", false)]
    [InlineData("0.01:00:00", true)]
    public async Task A_session_expiry_of_nothing_ends_sessions_with_their_connection(string expiry, bool isKept)
    {
        using var folder = new TemporaryFolder();
        var configuration = folder.Write("civicsense.json", $$"""
            {
              "neighbourhood": "Test neighbourhood",
              "http": { "address": "127.0.0.1", "port": 0 },
              "mqtt": { "address": "127.0.0.1", "port": 0, "limits": { "maximumSessionExpiry": "{{expiry}}" } }
            }
            """);
        var balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var lasting = balcony.ClientOptions(node.MqttPort) with { CleanStart = false, SessionExpiry = TimeSpan.FromDays(1) };
        await using (var first = await MqttClient.ConnectAsync(lasting, Cancel))
        {
            // MQTT 5.0, section 3.2.2.3.2: the server says what it makes of the client's wish.
            Assert.Equal(isKept ? TimeSpan.FromHours(1) : TimeSpan.Zero, first.Server.SessionExpiry);
        }
        await using var second = await MqttClient.ConnectAsync(lasting, Cancel);
        Assert.Equal(isKept, second.Server.SessionPresent);
    }
}
