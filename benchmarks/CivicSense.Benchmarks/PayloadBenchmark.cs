using System.Text;
using BenchmarkDotNet.Attributes;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Vault;

namespace CivicSense.Benchmarks;

/// <summary>From payload bytes to open contributions: reading a message of four quantities, and adding it up.</summary>
[MemoryDiagnoser]
public class PayloadBenchmark
{
    const int Series = 100_000;
    /// <summary>The beginning of an hour.</summary>
    const long Now = 1_788_998_400_000;

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
    readonly SeriesTable table = new();
    readonly CommitBatch changes = new();
    long time;

    [GlobalSetup]
    public void Setup()
    {
        contributions = new OpenContributions(new AcceptanceTime(clock, TimeSpan.FromMinutes(10)), new IngestionStatistics());
        device = contributions.Of(1);
        devices = [.. Enumerable.Range(2, Series).Select(contributions.Of)];
        for (var i = 0; i < Series; i++)
        {
            var first = SeriesTable.None;
            table.Add(ref first, i, HourWindow.OfUnixMilliseconds(Now), 0);
        }
    }

    [Benchmark]
    public bool SenML_message() => PayloadReader.TryRead(SenML, Now, buffer);

    [Benchmark]
    public bool AirRohr_message() => PayloadReader.TryRead(AirRohr, Now, buffer);

    [Benchmark]
    public long Accumulate_one_reading()
    {
        // A reading that is not newer would only count as delivered again, so the hour begins anew when it is full.
        if (++time == 3_600_000)
        {
            contributions.TakeChanges(changes, out _);
            changes.Clear();
            contributions.DropThrough(HourWindow.OfUnixMilliseconds(Now));
            time = 0;
        }
        return contributions.Add(device, [new Reading(0, 7.4, Now + time)], Now);
    }

    /// <summary>One reading for each of 100,000 series in a scattered order: the record's update alone.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public bool Update_at_100_000_series()
    {
        time++;
        var isNew = false;
        for (int i = 0, at = 0; i < Series; i++, at = Next(at))
            isNew = table.TryUpdate(at, 7.4, Now + time);
        return isNew;
    }

    /// <summary>The same with its device's stripe, its window, its checks and its ticket.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public long Accumulate_at_100_000_series()
    {
        time++;
        var ticket = 0L;
        for (int i = 0, at = 0; i < Series; i++, at = Next(at))
            ticket = contributions.Add(devices[at], [new Reading(0, 7.4, Now + time)], Now);
        return ticket;
    }

    // A step that has no divisor in common with the number of series comes by all of them.
    static int Next(int at) => at + 61_803 >= Series ? at + 61_803 - Series : at + 61_803;

    static byte[] OnOneLine(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings(""));
}
