using System.Buffers.Text;
using System.Text;
using CivicSense.Mqtt;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class PublishAllocationTests
{
    const int Messages = 10_000;

    static readonly byte[] Topic = "civicsense/v1/a/readings"u8.ToArray();

    readonly ManualClock clock = new();
    readonly IngestionStatistics statistics = new();
    int published;
    readonly OpenContributions contributions;
    readonly DeviceSession session;
    readonly CommitBatch batch = new();

    public PublishAllocationTests()
    {
        var acceptance = new AcceptanceTime(clock, TimeSpan.FromMinutes(10));
        contributions = new OpenContributions(acceptance, statistics);
        session = new DeviceSession("a", contributions.Of(1), contributions, acceptance, statistics);
    }

    [Fact]
    public void SenML_message_allocates_nothing() => AssertNothingAllocated("""
        [{"bn":"urn:dev:mac:02c5e5fffe001a2b:","bt":1768480200,"n":"pm2_5","u":"ug/m3","v":7.4},{"n":"pm10","u":"kg/m3","v":12.25e-9},
        {"n":"laeq","u":"dB(A)","v":52.13},{"n":"temperature","u":"K","v":273.07}]
        """, readings: 4);

    [Fact]
    public void Message_with_refused_readings_allocates_nothing() => AssertNothingAllocated(
        """[{"n":"\u0070m2_5","v":7.4},{"n":"co2","v":400},{"n":"pm10","u":"furlong","v":1},{"n":"o3","v":1e400},{"n":"no2","v":-1}]""",
        readings: 1);

    [Fact]
    public void AirRohr_message_allocates_nothing() => AssertNothingAllocated("""
        {"esp8266id":"12017738","software_version":"NRZ-2024-135","sensordatavalues":[
        {"value_type":"SDS_P1","value":"5.38"},{"value_type":"SDS_P2","value":"4.98"},{"value_type":"BME280_pressure","value":"99431.5"},
        {"value_type":"DNMS_noise_LAeq","value":"54.52"},{"value_type":"signal","value":"-84"}]}
        """, readings: 4);

    void AssertNothingAllocated(string json, int readings)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        var time = Array.Empty<byte>().AsSpan();
        if (payload.AsSpan().IndexOf("1768480200"u8) is var at and >= 0)
            time = payload.AsSpan(at, 10);

        // Long enough for the code to reach its optimised form; what the runtime allocates on the way is not counted.
        for (var i = 0; i < Messages; i++)
            PublishNext(payload, time);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Messages; i++)
            PublishNext(payload, time);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2L * Messages * readings, statistics.Accepted);
    }

    /// <summary>One message, a second (by its own time, where it has one) after the last; every tenth is followed by a commit.</summary>
    void PublishNext(byte[] payload, Span<byte> time)
    {
        clock.Milliseconds += 1000;
        Utf8Formatter.TryFormat(clock.Milliseconds / 1000, time, out _);
        session.Publish(new MqttIncomingMessage
        {
            Topic = Topic, Payload = payload, PayloadLength = payload.Length, QualityOfService = 1, Retain = false, Duplicate = false,
        });
        if (++published % 10 == 0)
        {
            contributions.TakeChanges(batch, out _);
            batch.Clear();
            contributions.DropThrough(new Commons.HourWindow(clock.Milliseconds / 3_600_000 - 1));
        }
    }
}
