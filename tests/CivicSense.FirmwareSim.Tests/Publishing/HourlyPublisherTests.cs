using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CivicSense.FirmwareSim.Tests.Publishing;

public sealed class HourlyPublisherTests
{
    static readonly FleetConnection Nowhere = new("localhost", 1) { Workers = 3 };

    [Fact]
    public async Task Nothing_of_an_hour_is_sent_before_all_of_the_last_is_acknowledged()
    {
        var hours = new ConcurrentDictionary<long, int>();
        var violations = 0;
        var node = new RecordingNode
        {
            OnPublish = message =>
            {
                var hour = new SentMessage(message.Device, 0, message.Payload, false).Time / 3600;
                hours.AddOrUpdate(hour, 1, (_, count) => count + 1);
                // A message of an earlier hour that is sent, or a later one while some of this hour are still missing, breaks the barrier.
                foreach (var (other, count) in hours)
                {
                    if (other > hour || (other < hour && count != 13 * 24)) Interlocked.Increment(ref violations);
                }
            },
            BeforeAcknowledging = async (_, _) => await Task.Yield(),
        };
        var fleet = new Fleet(TestFleet.Options(devices: 13, hours: 6));
        var progress = new Recorder(_ => Assert.Equal(0, node.Unacknowledged));
        await fleet.RunAsync(node.ConnectAsync, Nowhere, progress, TestContext.Current.CancellationToken);

        Assert.Equal(0, violations);
        Assert.Equal(6, hours.Count);
        Assert.Equal(13 * 6 * 24, node.Messages.Count);
    }

    [Fact]
    public async Task An_acknowledgement_that_does_not_come_stops_the_next_hour()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = new RecordingNode
        {
            BeforeAcknowledging = (device, _) =>
            {
                if (device != "sim-0003") return Task.CompletedTask;
                asked.TrySetResult();
                return held.Task;
            },
        };
        var fleet = new Fleet(TestFleet.Options(devices: 6, hours: 2));
        var run = fleet.RunAsync(node.ConnectAsync, Nowhere with { Workers = 1 }, null, TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(6 * 24, node.Messages.Count);
        held.SetResult();
        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(6 * 48, node.Messages.Count);
    }

    [Fact]
    public async Task What_each_device_sends_does_not_depend_on_the_number_of_workers()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 9, hours: 30) with { Faults = true });
        var (one, four) = (new RecordingNode(), new RecordingNode());
        await fleet.RunAsync(one.ConnectAsync, Nowhere with { Workers = 1 }, null, TestContext.Current.CancellationToken);
        await fleet.RunAsync(four.ConnectAsync, Nowhere with { Workers = 4 }, null, TestContext.Current.CancellationToken);
        foreach (var device in fleet.Devices)
            Assert.Equal(one.Messages.Where(message => message.Device == device.Name),
                four.Messages.Where(message => message.Device == device.Name));
    }

    [Fact]
    public async Task Progress_is_told_after_each_hour_and_ends_with_the_total()
    {
        var reports = new List<FleetProgress>();
        var node = new RecordingNode();
        var fleet = new Fleet(TestFleet.Options(devices: 4, hours: 3) with { Faults = true });
        await fleet.RunAsync(node.ConnectAsync, Nowhere, new Recorder(reports.Add), TestContext.Current.CancellationToken);
        Assert.Equal([1.0, 2.0, 3.0], reports.Select(report => (report.EventTime - fleet.Start).TotalHours));
        Assert.Equal(node.Messages.Count, reports[^1].Sent.Messages);
        Assert.Equal(4, node.Connected);
        Assert.Equal(4, node.Disconnected);
        Assert.All(node.Messages, message => Assert.Equal($"civicsense/v1/{message.Device}/readings", message.Topic));
    }

    [Fact]
    public async Task Cancelling_stops_and_disconnects()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var node = new RecordingNode();
        var fleet = new Fleet(TestFleet.Options(devices: 4, hours: 24));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fleet.RunAsync(node.ConnectAsync, Nowhere, new Recorder(_ => stop.Cancel()), stop.Token));
        Assert.Equal(4 * 24, node.Messages.Count);
        Assert.Equal(4, node.Disconnected);
    }

    [Fact]
    public async Task Lost_connection_is_told_with_the_name_of_the_device()
    {
        var node = new RecordingNode
        {
            BeforeAcknowledging = (device, _) => device == "sim-0002" ? Task.FromException(new IOException("reset")) : Task.CompletedTask,
        };
        var fleet = new Fleet(TestFleet.Options(devices: 3, hours: 2));
        var error = await Assert.ThrowsAsync<IOException>(
            () => fleet.RunAsync(node.ConnectAsync, Nowhere, null, TestContext.Current.CancellationToken));
        Assert.Equal("Device sim-0002 lost its connection: reset", error.Message);
        Assert.Equal(3, node.Disconnected);
    }

    [Fact]
    public async Task Node_that_is_not_there_is_an_IOException_with_its_address()
    {
        // Bound, so that nobody else can listen on it, and not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var fleet = new Fleet(TestFleet.Options(devices: 3, hours: 1));
        var error = await Assert.ThrowsAsync<IOException>(
            () => fleet.RunAsync(new FleetConnection("127.0.0.1", port), null, TestContext.Current.CancellationToken));
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    sealed class Recorder(Action<FleetProgress> report) : IProgress<FleetProgress>
    {
        public void Report(FleetProgress value) => report(value);
    }
}
