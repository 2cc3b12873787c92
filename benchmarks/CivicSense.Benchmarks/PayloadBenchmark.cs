using System.Text;
using BenchmarkDotNet.Attributes;
using CivicSense.Ingestion;

namespace CivicSense.Benchmarks;

/// <summary>From payload bytes to open contributions: reading a message of four quantities, and adding it up.</summary>
[MemoryDiagnoser]
public class PayloadBenchmark
{
    const int Series = 100_000;
    const long Now = 1_789_000_000_000;

    // As devices send them: on one line, without spaces.
    static readonly byte[] SenML = OnOneLine("""
        [{"bn":"urn:dev:mac:02c5e5fffe000001:","bt":1789000000,"n":"pm2_5","u":"ug/m3","v":7.4},
        {"n":"pm10","u":"ug/m3","v":12.1},
        {"n":"laeq","u":"dB(A)","v":54.2},
        {"n":"temperature","u":"Cel","v":18.25}]
        """);

    static readonly byte[] AirRohr = OnOneLine("""
        {"esp8266id":"12017738","software_version":"NRZ-2024-135","sensordatavalues":[
        {"value_type":"SDS_P1","value":"12.1"},
        {"value_type":"SDS_P2","value":"7.4"},
        {"value_type":"DNMS_noise_LAeq","value":"54.2"},
        {"value_type":"BME280_temperature","value":"18.25"},
        {"value_type":"signal","value":"-84"}]}
        """);

    readonly ReadingBuffer buffer = new();
    readonly EventClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Now));
    OpenContributions contributions = null!;
    DeviceAccumulator device = null!;
    DeviceAccumulator[] devices = [];
    long time;

    [GlobalSetup]
    public void Setup()
    {
        contributions = new OpenContributions(new AcceptanceTime(clock, TimeSpan.FromMinutes(10)), new IngestionStatistics());
        device = contributions.Of(1);
        devices = [.. Enumerable.Range(2, Series).Select(contributions.Of)];
    }

    [Benchmark]
    public bool SenML_message() => PayloadReader.TryRead(SenML, Now, buffer);

    [Benchmark]
    public bool AirRohr_message() => PayloadReader.TryRead(AirRohr, Now, buffer);

    [Benchmark]
    public long Accumulate_one_reading()
    {
        // Stays within one hour, as a device does.
        time = (time + 1) % 3_000_000;
        return contributions.Add(device, [new Reading(0, 7.4, Now + time)]);
    }

    /// <summary>One reading for each of 100,000 series in a scattered order, with its lock and its ticket.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public long Accumulate_at_100_000_series()
    {
        time = (time + 1) % 3_000_000;
        var ticket = 0L;
        // A step that has no divisor in common with the number of series comes by all of them.
        for (int i = 0, at = 0; i < Series; i++, at = (at + 61_803) % Series)
            ticket = contributions.Add(devices[at], [new Reading(0, 7.4, Now + time)]);
        return ticket;
    }

    static byte[] OnOneLine(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings(""));
}
