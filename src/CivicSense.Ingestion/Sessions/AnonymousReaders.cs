using System.Net;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Lets in clients without a user name, up to a number in all and from one address. Safe for concurrent use.</summary>
sealed class AnonymousReaders(AnonymousReaderOptions options)
{
    readonly Dictionary<IPAddress, int> connected = [];
    readonly Lock gate = new();
    long admitted;
    int total;

    /// <summary>Decides about one client. Its place is free again when its session is closed.</summary>
    public MqttConnectDecision Connect(IPAddress? address)
    {
        if (!options.Allowed)
            return MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword);
        var network = ClientNetwork.Of(address ?? IPAddress.None);
        long number;
        lock (gate)
        {
            var present = connected.GetValueOrDefault(network);
            if (total >= options.Maximum || present >= options.MaximumPerAddress)
                return MqttConnectDecision.Refuse(MqttReasonCode.QuotaExceeded);
            connected[network] = present + 1;
            total++;
            number = ++admitted;
        }
        return MqttConnectDecision.Accept(new ReaderSession(number, () => Leave(network)));
    }

    void Leave(IPAddress network)
    {
        lock (gate)
        {
            total--;
            if (connected[network] == 1)
                connected.Remove(network);
            else
                connected[network]--;
        }
    }
}
