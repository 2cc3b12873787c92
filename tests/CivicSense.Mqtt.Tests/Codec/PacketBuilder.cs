using System.Buffers.Binary;
using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Puts packets together from their parts, right or wrong, independently of the encoders under test.</summary>
static class PacketBuilder
{
    public static byte[] Packet(MqttPacketType type, int flags, params byte[][] parts) =>
        Frame((byte)((int)type << 4 | flags), Join(parts));

    public static byte[] Frame(byte first, byte[] body) => [first, .. VariableByteInteger(body.Length), .. body];

    public static byte[] VariableByteInteger(int value)
    {
        byte[] bytes = new byte[4];
        return bytes[..VariableInteger.Write(bytes, value)];
    }

    public static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)(value & 0xFF)];

    public static byte[] UInt32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Text(string text) => Binary(Encoding.UTF8.GetBytes(text));

    public static byte[] Binary(byte[] bytes) => [.. UInt16(bytes.Length), .. bytes];

    /// <summary>A property length and the properties.</summary>
    public static byte[] Properties(params byte[][] properties)
    {
        byte[] all = Join(properties);
        return [.. VariableByteInteger(all.Length), .. all];
    }

    public static byte[] Property(MqttProperty property, params byte[] value) => [(byte)property, .. value];

    public static byte[] UserProperty(string name, string value) => Property(MqttProperty.UserProperty, [.. Text(name), .. Text(value)]);

    public static byte[] Join(IEnumerable<byte[]> parts) => parts.SelectMany(part => part).ToArray();

    /// <summary>A CONNECT of MQTT 5.0 with these properties, without user name, will and password.</summary>
    public static byte[] ConnectV5(string clientId, params byte[][] properties) => Packet(
        MqttPacketType.Connect, 0, Text("MQTT"), [5, 2], UInt16(60), Properties(properties), Text(clientId));

    public static byte[] PublishV5(int qualityOfService, string topic, ushort identifier, byte[] payload, params byte[][] properties) =>
        Packet(
        MqttPacketType.Publish, qualityOfService << 1, Text(topic), qualityOfService > 0 ? UInt16(identifier) : [],
        Properties(properties), payload);

    public static byte[] SubscribeV5(ushort identifier, params (string Filter, byte Options)[] filters) => Packet(
        MqttPacketType.Subscribe, 2, UInt16(identifier), Properties(),
        Join(filters.Select(filter => (byte[])[.. Text(filter.Filter), filter.Options])));
}
