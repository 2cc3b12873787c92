using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CivicSense.Mqtt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CivicSense.FirmwareSim.Tests.Publishing;

public sealed class MqttDeviceLinkTests
{
    [Fact]
    public async Task Fleet_runs_through_a_real_listener_and_nothing_is_lost()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var fleet = new Fleet(TestFleet.Options(devices: 10, hours: 5) with { Faults = true });
        var node = new Node(fleet.Devices);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMqttListener().AddSingleton<IMqttApplication>(node);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0));
        await using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        await fleet.RunAsync(new FleetConnection("127.0.0.1", new Uri(address).Port), null, cancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);

        var recorded = new RecordingNode();
        await fleet.RunAsync(recorded.ConnectAsync, new FleetConnection("localhost", 1), null, cancellationToken);
        foreach (var device in fleet.Devices)
            Assert.Equal(recorded.Messages.Where(message => message.Device == device.Name),
                node.Messages.Where(message => message.Device == device.Name));
        Assert.Equal([MqttProtocolVersion.V311, MqttProtocolVersion.V5], node.Versions.Order().Distinct());
        Assert.Equal(2, node.Versions.Count(version => version == MqttProtocolVersion.V311));
        await host.StopAsync(cancellationToken);
    }

    sealed class Node(IReadOnlyList<SimulatedDevice> enrolled) : IMqttApplication, IMqttDurability
    {
        public ConcurrentQueue<RecordedMessage> Messages { get; } = [];

        public ConcurrentBag<MqttProtocolVersion> Versions { get; } = [];

        public IMqttDurability Durability => this;

        public long DurableTicket => 0;

        public ValueTask WaitAsync(long ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<MqttConnectDecision> ConnectAsync(MqttConnectRequest request, CancellationToken cancellationToken)
        {
            var known = enrolled.Any(device => device.Name == request.UserName
                && device.Name == request.ClientId && device.Secret == Encoding.UTF8.GetString(request.Password.Span));
            Versions.Add(request.Version);
            return ValueTask.FromResult(known ? MqttConnectDecision.Accept(new Session(this, request.ClientId))
                : MqttConnectDecision.Refuse(MqttReasonCode.NotAuthorized));
        }
    }

    sealed class Session(Node node, string device) : IMqttSession
    {
        public string Identity => device;

        public MqttPublishDecision Publish(in MqttIncomingMessage message)
        {
            node.Messages.Enqueue(
                new RecordedMessage(
                device, Encoding.UTF8.GetString(message.Topic), Encoding.UTF8.GetString(message.Payload), message.Duplicate));
            return new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Consumed, 0);
        }

        public bool MaySubscribe(string topicFilter) => false;

        public bool MayReceive(ReadOnlySpan<byte> topic) => true;

        public MqttSessionLimits Limits => MqttSessionLimits.Default;

        public void Closed()
        {
        }
    }
}
