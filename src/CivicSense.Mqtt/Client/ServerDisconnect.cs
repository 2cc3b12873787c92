using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>DISCONNECT from a server, MQTT 5.0 section 3.14.</summary>
static class ServerDisconnect
{
    /// <summary>What it says, as the exception that later calls get.</summary>
    /// <exception cref="MqttException">The packet is wrong.</exception>
    public static MqttException Read(ReadOnlySpan<byte> body)
    {
        const string what = "The server has ended the connection";
        var reader = new PacketReader(body);
        // Without a reason code it is a normal disconnection (section 3.14.2.1), which the waiting side did not ask for.
        if (!reader.TryReadByte(out byte code) || code == 0) return MqttException.From(what, MqttReasonCode.UnspecifiedError);
        if (reader.AtEnd) return MqttException.From(what, (MqttReasonCode)code);
        MqttReasonCode problem = MqttProperties.TryRead(
            ref reader, AllowedProperties.OfDisconnectFromServer, out MqttProperties properties, ClientReceiver.Unlimited);
        if (problem != MqttReasonCode.Success) throw new MqttException(problem, "The server sent a wrong DISCONNECT packet.");
        return MqttException.From(
            what,
            (MqttReasonCode)code,
            properties.Has(MqttProperty.ReasonString) ? Encoding.UTF8.GetString(properties.ReasonString) : null,
            properties.Has(MqttProperty.ServerReference) ? Encoding.UTF8.GetString(properties.ServerReference) : null);
    }
}
