using System.Text;
using CivicSense.Mqtt.Codec;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Laws of the codec.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void A_variable_byte_integer_that_was_written_is_read_back() =>
        Prop.ForAll(Gen.Choose(0, FrameScanner.MaximumRemainingLength).ToArbitrary(), value =>
        {
            byte[] bytes = new byte[VariableInteger.Length(value)];
            int written = VariableInteger.Write(bytes, value);
            MqttReadStatus status = VariableInteger.TryRead(bytes, out int read, out int length);
            return status == MqttReadStatus.Done && read == value && length == written && length == bytes.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_publish_that_was_written_is_read_back()
    {
        Gen<(byte[] Topic, byte[] Payload, int Choice)> messages =
            from topic in Gen.ArrayOf(Gen.Elements('a', '/', 'ä', '$', '€')).Where(topic => topic.Length > 0)
            from payload in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value))
            from choice in Gen.Choose(0, 65_535)
            select (Encoding.UTF8.GetBytes(topic), payload, choice);
        Prop.ForAll(messages.ToArbitrary(), message => IsReadBack(message.Topic, message.Payload, message.Choice))
            .QuickCheckThrowOnFailure();
    }

    static bool IsReadBack(byte[] topic, byte[] payload, int choice)
    {
        byte qualityOfService = (byte)(choice & 1);
        MqttProtocolVersion version = (choice & 2) == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V5;
        ReadOnlySpan<byte> properties = (choice & 4) == 0 ? default : [2, 0, 0, 0, 9, 0x26, 0, 1, (byte)'k', 0, 0];
        var encoding = new PublishEncoding
        {
            Version = version,
            Topic = topic,
            Payload = payload,
            Properties = properties,
            QualityOfService = qualityOfService,
            PacketIdentifier = (ushort)(choice | 1),
            Retain = (choice & 8) != 0,
            Duplicate = qualityOfService > 0 && (choice & 16) != 0,
        };
        byte[] bytes = new byte[encoding.Length];
        encoding.Write(bytes);
        if (FrameScanner.TryReadHeader(bytes, out MqttFixedHeader header) != MqttReadStatus.Done) return false;
        ReadOnlySpan<byte> body = bytes.AsSpan(header.HeaderLength);
        MqttReasonCode reason = PublishPacket.TryRead(header, body, version, AllowedProperties.OfPublishFromClient, out PublishPacket packet);
        MqttReadStatus measured = PublishPacket.TryMeasure(header, body, version, out int beforePayload);
        return reason == MqttReasonCode.Success && measured == MqttReadStatus.Done && header.TotalLength == bytes.Length
            && packet.Topic.SequenceEqual(topic) && packet.Payload.SequenceEqual(payload) && beforePayload == body.Length - payload.Length
            && header.QualityOfService == qualityOfService && header.Retain == encoding.Retain && header.Duplicate == encoding.Duplicate
            && packet.PacketIdentifier == (qualityOfService > 0 ? encoding.PacketIdentifier : 0)
            && (version == MqttProtocolVersion.V311 || packet.Properties.Raw.SequenceEqual(properties));
    }
}
