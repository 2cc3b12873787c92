using System.Text;
using BenchmarkDotNet.Attributes;
using CivicSense.Mqtt;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Benchmarks;

/// <summary>Finding PUBLISH packets in what was read and taking them apart: 64 KiB of them an operation.</summary>
[MemoryDiagnoser]
public class FramingBenchmark
{
    const int Bytes = 64 * 1024;

    byte[] buffer = [];

    /// <summary>Bytes of payload in each packet.</summary>
    [Params(32, 256)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] body = [0, 30, .. Encoding.ASCII.GetBytes("civicsense/v1/d000001/readings"), 0, 1, .. new byte[Payload]];
        byte[] length = body.Length < 128 ? [(byte)body.Length] : [(byte)(body.Length % 128 + 128), (byte)(body.Length / 128)];
        byte[] packet = [0x32, .. length, .. body];
        buffer = [.. Enumerable.Repeat(packet, Bytes / packet.Length).SelectMany(one => one)];
    }

    [Benchmark]
    public int Frame_64_KiB_of_publish_packets()
    {
        ReadOnlySpan<byte> rest = buffer;
        var payload = 0;
        while (FrameScanner.TryReadHeader(rest, out var header) == MqttReadStatus.Done)
        {
            _ = PublishPacket.TryRead(
                header, rest.Slice(header.HeaderLength, header.RemainingLength), MqttProtocolVersion.V311, 0, out var packet);
            payload += packet.Payload.Length;
            rest = rest[header.TotalLength..];
        }
        return payload;
    }
}
