namespace CivicSense.FirmwareSim.Tests.Publishing;

public sealed class LivePublisherTests
{
    static readonly FleetConnection Nowhere = new("localhost", 1);

    [Fact]
    public async Task Live_sends_what_fell_due_meanwhile_and_then_each_message_at_its_time()
    {
        var options = TestFleet.Options(devices: 5, hours: 1) with { AirRohrShare = 0 };
        var (sent, _) = await RunLiveAsync(options, options.End.AddHours(2), until: 5 * 24 * 3);
        Assert.All(sent.Take(5 * 24 * 2), message => Assert.InRange(message.EventTime, options.End, options.End.AddHours(2)));
        Assert.All(sent.Skip(5 * 24 * 2), message => Assert.Equal(message.EventTime, message.Clock));
        foreach (var device in sent.GroupBy(message => message.Device))
            Assert.All(device.Zip(device.Skip(1)), pair => Assert.Equal(150, (pair.Second.EventTime - pair.First.EventTime).TotalSeconds));
    }

    [Fact]
    public async Task Live_goes_on_from_an_end_that_is_long_ago_without_catching_up()
    {
        var options = TestFleet.Options(devices: 5, hours: 1) with { AirRohrShare = 0 };
        var (sent, _) = await RunLiveAsync(options, options.End.AddDays(100), until: 5 * 24);
        Assert.All(sent, message => Assert.Equal(TimeSpan.FromDays(100), message.Clock - message.EventTime));
        Assert.Equal(5 * 24, sent.Count(message => message.EventTime < options.End.AddHours(1)));
    }

    [Fact]
    public async Task Some_devices_send_the_airRohr_body_when_live()
    {
        var options = TestFleet.Options(devices: 5, hours: 1) with { AirRohrShare = 1 };
        var (_, payloads) = await RunLiveAsync(options, options.End, until: 10);
        Assert.All(payloads, payload => Assert.StartsWith("{\"esp8266id\":", payload, StringComparison.Ordinal));
    }

    static async Task<(List<(string Device, DateTimeOffset EventTime, DateTimeOffset Clock)> Sent, List<string> Payloads)> RunLiveAsync(
        FleetOptions options, DateTimeOffset now, int until)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(60));
        var time = new ManualTime(now);
        var sent = new List<(string, DateTimeOffset, DateTimeOffset)>();
        var payloads = new List<string>();
        var node = new RecordingNode
        {
            OnPublish = message =>
            {
                lock (sent)
                {
                    payloads.Add(message.Payload);
                    if (message.Payload[0] == '[')
                    {
                        var eventTime = DateTimeOffset.FromUnixTimeSeconds(new SentMessage(message.Device, 0, message.Payload, false).Time);
                        sent.Add((message.Device, eventTime, time.GetUtcNow()));
                    }
                    if (payloads.Count == until) stop.Cancel();
                }
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Fleet(options).RunLiveAsync(node.ConnectAsync, Nowhere, time, null, stop.Token));
        Assert.Equal(until, payloads.Count);
        Assert.Equal(options.Devices, node.Disconnected);
        return (sent, payloads);
    }
}
