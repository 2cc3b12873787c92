using System.Buffers.Binary;
using System.Text;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>One device's PUBLISH packet, in which only the packet identifier and the reading's time change.</summary>
/// <remarks>
/// The payload is one SenML record of 42 bytes. A reading that is not newer than the last of its device counts as delivered again, so
/// each packet's time is a millisecond later than the one's before.
/// </remarks>
sealed class PublishTemplate
{
    const string Payload = """[{"n":"pm2_5","v":7.4,"t":0000000000.000}]""";
    const int TimeLength = 14;

    readonly byte[] packet;
    readonly int identifierAt;
    readonly int timeAt;
    long time;
    ushort identifier;

    public PublishTemplate(string topic, int qualityOfService, long firstTime)
    {
        var length = 2 + topic.Length + (qualityOfService > 0 ? 2 : 0) + Payload.Length;
        if (length >= 128)
            throw new IngestException("The topic is too long for a Remaining Length of one byte.");
        packet = [(byte)(0x30 | qualityOfService << 1), (byte)length, 0, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic),
            .. qualityOfService > 0 ? (byte[])[0, 0] : [], .. Encoding.ASCII.GetBytes(Payload)];
        identifierAt = qualityOfService > 0 ? 4 + topic.Length : -1;
        timeAt = packet.Length - TimeLength - 2;
        SetTime(firstTime);
    }

    public static int PayloadLength => Payload.Length;

    public int Length => packet.Length;

    /// <summary>Makes the next reading be of this time, milliseconds since 1970, or of a later one.</summary>
    public void AtLeast(long milliseconds)
    {
        if (time < milliseconds)
            SetTime(milliseconds);
    }

    /// <summary>Writes the next packet.</summary>
    public void Write(Span<byte> target)
    {
        time++;
        var at = timeAt + TimeLength - 1;
        while (packet[at] == '9' || packet[at] == '.')
        {
            if (packet[at] == '9') packet[at] = (byte)'0';
            at--;
        }
        packet[at]++;
        if (identifierAt > 0)
        {
            identifier = identifier == ushort.MaxValue ? (ushort)1 : (ushort)(identifier + 1);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(identifierAt), identifier);
        }
        packet.CopyTo(target);
    }

    void SetTime(long milliseconds)
    {
        time = milliseconds;
        var text = FormattableString.Invariant($"{milliseconds / 1000:D10}.{milliseconds % 1000:D3}");
        Encoding.ASCII.GetBytes(text, packet.AsSpan(timeAt, TimeLength));
    }
}
