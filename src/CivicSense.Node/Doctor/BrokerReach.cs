using System.Globalization;
using CivicSense.Mqtt;
using CivicSense.Node.Broker;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the broker can be reached and lets the node in. Subscribes to nothing: 'civicsense broker check' does.</summary>
static class BrokerReach
{
    const string Subject = "broker";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<Finding> RunAsync(BrokerSettings settings, CancellationToken cancellationToken)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{settings.Address!.Host}:{settings.Port}");
        try
        {
            // A client identifier of the broker's choice: the node's own would end the node's connection.
            var access = BrokerAccess.Read(settings, clientId: "") with { CleanStart = true, ConnectTimeout = Patience };
            await using var client = await MqttClient.ConnectAsync(access, cancellationToken);
            await client.DisconnectAsync(sessionExpiry: TimeSpan.Zero);
            return Finding.Ok(
                Subject, $"{place} lets the node in{(settings.IsSecure ? ", with TLS" : "")}. 'civicsense broker check' shows what comes.");
        }
        catch (UserErrorException error)
        {
            return Finding.Problem(Subject, error.Message);
        }
        catch (Exception exception) when (BrokerCheck.Explain(exception, settings, place) is not null)
        {
            return Finding.Problem(Subject, BrokerCheck.Explain(exception, settings, place)!);
        }
    }
}
