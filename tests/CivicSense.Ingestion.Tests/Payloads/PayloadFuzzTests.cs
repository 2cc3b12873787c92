using System.Globalization;
using System.Text;

namespace CivicSense.Ingestion.Tests.Payloads;

public sealed class PayloadFuzzTests
{
    const int Payloads = 200_000;

    static readonly byte[][] Seeds =
    [
        .. new[]
        {
            """[{"bn":"urn:dev:mac:ecda3b1eaaaf:","bt":1700000000,"n":"pm2_5","u":"ug/m3","v":7.4},{"n":"laeq","u":"dB(A)","t":-5,"v":52.13}]""",
            """[{"bn":"urn:dev:mac:ecda3b1eaaaf:","bu":"ug/m3","bt":1789000000,"n":"pm10","v":12},{"n":"pm2_5","v":-0.4,"t":12.5},{"n":"o3","t":1}]""",
            """[{"bver":10,"bu":"kg/m3","bv":1e-9,"n":"a/pm10","v":1.5E-8},{"n":"temperature","u":"K","v":290},{"n":"o3","vs":"x","x":[{}]}]""",
            """{"esp8266id":"12017738","sensordatavalues":[{"value_type":"SDS_P1","value":"5.38"},{"value_type":"BME280_pressure","value":99431.5}]}""",
            """[{"\u006e":"\u0070m2_5","\u0076":1},{"n":"\ud83d\ude00","u":"\ud800","v":2}]""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    static readonly byte[][] Words =
    [
        .. new[]
        {
            "\"", "\\", "\\u", "\\ud800", "\\udc00", "{", "}", "[", "]", ",", ":", "1e400", "-1e400", "1e-400", "null", "true", "NaN",
            "nan", "-", "_", "0",
            "9999999999999999999", "\"v\":", "\"n\":\"pm2_5\"", "\"t\":268435456", "\"vb\":true", "x_", "/", "\0", "\u00b5g/m\u00b3",
            "\"sensordatavalues\":[",
            "\"value\":", "\"value_type\":\"SDS_P2\"", "[[[[[[[[[",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xed, 0xa0, 0x80], [0xc3],
    ];

    [Fact]
    public void No_payload_throws_or_gets_an_invalid_reading_through()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var buffer = new ReadingBuffer();
        int read = 0, readings = 0;
        for (var i = 0; i < Payloads; i++)
        {
            var payload = i % 10 == 0 ? Noise(random) : Mutated(random);
            try
            {
                if (!PayloadReader.TryRead(payload, Read.Now, buffer))
                    continue;
                read++;
                foreach (var reading in buffer.Readings)
                {
                    readings++;
                    if (!double.IsFinite(reading.Value)
                        || !reading.Quantity.IsValid(reading.Value) || Math.Abs(reading.Time) > 100_000_000_000_000)
                        Assert.Fail($"{reading} was accepted.");
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, payload {i}: {Convert.ToHexString(payload)}"), exception);
            }
        }
        // A fuzzer whose every payload is refused at the first byte would prove nothing.
        Assert.True(read > Payloads / 50, $"Seed {seed}: only {read} payloads were well-formed.");
        Assert.True(readings > Payloads / 50, $"Seed {seed}: only {readings} readings.");
    }

    [Fact]
    public void What_the_compact_reader_answers_the_reader_of_all_JSON_answers_too()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        ReadingBuffer compact = new(), any = new();
        var answered = 0;
        for (var i = 0; i < Payloads; i++)
        {
            var payload = Mutated(random);
            // Of a device whose messages are read later as well.
            long? now = random.Next(4) == 0 ? null : Read.Now;
            compact.Clear();
            if (!CompactSenMLReader.TryRead(payload, now, compact))
                continue;
            answered++;
            var isRead = PayloadReader.TryReadAny(payload, now, any);
            if (!isRead || !compact.Readings.SequenceEqual(any.Readings) || !Refused(compact).SequenceEqual(Refused(any)))
                Assert.Fail($"Seed {seed}: {Encoding.UTF8.GetString(payload)}");
        }
        Assert.True(answered > Payloads / 50, $"Seed {seed}: only {answered} payloads were compact.");
    }

    static IEnumerable<KeyValuePair<ReadingOutcome, long>> Refused(ReadingBuffer buffer)
    {
        var statistics = new IngestionStatistics();
        buffer.CountRefused(statistics);
        return statistics.Snapshot();
    }

    static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(64)];
        random.NextBytes(noise);
        if (noise.Length > 0 && random.Next(2) == 0)
            noise[0] = (byte)(random.Next(2) == 0 ? '[' : '{');
        return noise;
    }

    static byte[] Mutated(Random random)
    {
        var bytes = new List<byte>(Seeds[random.Next(Seeds.Length)]);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)random.Next('0', ':');
                    break;
                case 2:
                    bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at - 1));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    if (random.Next(8) == 0)
                        bytes.RemoveRange(at + 1, bytes.Count - at - 1);
                    break;
            }
        }
        return [.. bytes];
    }
}
