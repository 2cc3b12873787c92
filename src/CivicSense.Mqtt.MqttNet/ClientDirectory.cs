using Microsoft.Extensions.Options;

namespace CivicSense.Mqtt.MqttNet;

/// <summary>
/// Which session of the application a client identifier stands for. MQTTnet knows clients by their identifier alone, so that two
/// identities cannot use the same one here: the second is refused while the first is connected.
/// </summary>
sealed class ClientDirectory(IOptions<MqttListenerOptions> options)
{
    readonly Lock gate = new();
    readonly Dictionary<string, ConnectedClient> clients = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> connectionsOfIdentity = new(StringComparer.Ordinal);
    int connections;

    /// <summary>Lets a connection in; an earlier one of the same identity has been taken over when this returns.</summary>
    /// <returns><see cref="MqttReasonCode.Success"/>, or why it stays out.</returns>
    public MqttReasonCode TryEnter(string clientId, IMqttSession session)
    {
        lock (gate)
        {
            if (connections >= options.Value.MaximumConnections) return MqttReasonCode.ServerBusy;
            int ofIdentity = connectionsOfIdentity.GetValueOrDefault(session.Identity);
            int allowed = session.Limits.MaximumConnections ?? options.Value.MaximumConnectionsPerIdentity;
            if (ofIdentity >= allowed) return MqttReasonCode.QuotaExceeded;
            if (clients.TryGetValue(clientId, out ConnectedClient? client))
            {
                bool isSame = string.Equals(client.Identity, session.Identity, StringComparison.Ordinal);
                if (!isSame) return MqttReasonCode.ClientIdentifierNotValid;
                client.TakeOver(session);
            }
            else
            {
                clients.Add(clientId, new ConnectedClient(session));
            }

            connections++;
            connectionsOfIdentity[session.Identity] = ofIdentity + 1;
            return MqttReasonCode.Success;
        }
    }

    public ConnectedClient? Find(string clientId)
    {
        lock (gate) return clients.GetValueOrDefault(clientId);
    }

    /// <summary>Counts one connection out. Called once for each that came in, whether it ended or was taken over.</summary>
    public void Leave(string clientId)
    {
        lock (gate)
        {
            if (!clients.TryGetValue(clientId, out ConnectedClient? client)) return;
            connections--;
            int left = connectionsOfIdentity[client.Identity] - 1;
            if (left == 0) connectionsOfIdentity.Remove(client.Identity);
            else connectionsOfIdentity[client.Identity] = left;
            if (client.Leave()) clients.Remove(clientId);
        }
    }
}
