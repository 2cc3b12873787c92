using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using CivicSense.Mqtt.Codec;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;
using WireVersion = MQTTnet.Formatter.MqttProtocolVersion;

namespace CivicSense.Mqtt.MqttNet;

/// <summary>MQTTnet's server, whose questions are answered by the <see cref="IMqttApplication"/>.</summary>
/// <remarks>
/// A QoS 1 or 2 message is answered by MQTTnet when <see cref="OnPublishAsync"/> has ended, and that ends only when the message is durable.
/// So a connection has one message in work at a time: right, and slower than the project's own listener.
/// </remarks>
sealed class MqttNetListener : BackgroundService, IMqttPublisher
{
    const int MaximumWaitingMessages = 10_000;

    readonly IMqttApplication application;
    readonly ClientDirectory directory;
    readonly MqttListenerStatistics statistics;
    readonly ILogger logger;
    readonly MqttServer server;
    readonly Dictionary<object, object> fromHost = [];
    readonly Channel<MqttApplicationMessage> outgoing = Channel.CreateBounded<MqttApplicationMessage>(
        new BoundedChannelOptions(MaximumWaitingMessages) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public MqttNetListener(
        IMqttApplication application, ClientDirectory directory, MqttListenerStatistics statistics, IOptions<MqttListenerOptions> options,
        IEnumerable<IMqttServerAdapter> adapters, ILogger<MqttNetListener> logger)
    {
        (this.application, this.directory, this.statistics, this.logger) = (application, directory, statistics, logger);
        var settings = new MqttServerOptions
        {
            DefaultCommunicationTimeout = options.Value.ConnectDeadline,
            MaxPendingMessagesPerClient = options.Value.MaximumQueuedMessagesPerSession,
        };
        server = new MqttServer(settings, adapters, MqttNetNullLogger.Instance);
        server.ValidatingConnectionAsync += OnConnectAsync;
        server.InterceptingPublishAsync += OnPublishAsync;
        server.InterceptingSubscriptionAsync += OnSubscribeAsync;
        server.InterceptingClientEnqueueAsync += OnDeliverAsync;
        server.ClientDisconnectedAsync += OnDisconnectedAsync;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync().ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        server.Dispose();
        base.Dispose();
    }

    public void Publish(string topic, ReadOnlySpan<byte> payload, bool retain)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!MqttText.IsTopicName(Encoding.UTF8.GetBytes(topic))) throw new ArgumentException("Not a topic name.", nameof(topic));
        var body = new ReadOnlySequence<byte>(payload.ToArray());
        outgoing.Writer.TryWrite(new MqttApplicationMessage { Topic = topic, Payload = body, Retain = retain });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (MqttApplicationMessage message in outgoing.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                var injected = new InjectedMqttApplicationMessage(message) { CustomSessionItems = fromHost };
                await server.InjectApplicationMessage(injected, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.DeliveryFailed(exception.GetType().Name);
            }
        }
    }

    async Task OnConnectAsync(ValidatingConnectionEventArgs connection)
    {
        MqttReasonCode reason = await DecideAsync(connection).ConfigureAwait(false);
        connection.ReasonCode = (MqttConnectReasonCode)reason;
        if (reason == MqttReasonCode.Success) statistics.CountAccepted();
        else statistics.CountRefused(reason);
    }

    async Task<MqttReasonCode> DecideAsync(ValidatingConnectionEventArgs connection)
    {
        bool isV5 = connection.ProtocolVersion == WireVersion.V500;
        if (!isV5 && connection.ProtocolVersion != WireVersion.V311) return MqttReasonCode.UnsupportedProtocolVersion;
        if (connection.AuthenticationMethod is not null) return MqttReasonCode.BadAuthenticationMethod;
        string clientId = connection.ClientId ?? "";
        if (clientId.Length == 0 && isV5)
        {
            clientId = "auto-" + RandomNumberGenerator.GetHexString(32, lowercase: true);
            connection.AssignedClientIdentifier = clientId;
        }

        if (clientId.Length == 0) return MqttReasonCode.ClientIdentifierNotValid;
        byte[] password = connection.RawPassword ?? [];
        MqttConnectDecision decision;
        try
        {
            var request = new MqttConnectRequest(
                clientId, connection.UserName, password, isV5 ? MqttProtocolVersion.V5 : MqttProtocolVersion.V311)
            {
                ClientCertificate = connection.ClientCertificate,
            };
            decision = await application.ConnectAsync(request, connection.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }

        if (decision.Session is null) return decision.Reason;
        MqttReasonCode reason = directory.TryEnter(clientId, decision.Session);
        if (reason != MqttReasonCode.Success) decision.Session.Closed();
        return reason;
    }

    async Task OnPublishAsync(InterceptingPublishEventArgs publish)
    {
        // What the host itself publishes; and a topic alias without a meaning, which MQTTnet has refused already.
        if (ReferenceEquals(publish.SessionItems, fromHost) || !publish.ProcessPublish) return;
        publish.ProcessPublish = false;
        MqttApplicationMessage message = publish.ApplicationMessage;
        byte[] topic = Encoding.UTF8.GetBytes(message.Topic);
        if (!MqttText.IsTopicName(topic))
        {
            publish.CloseConnection = true;
            return;
        }

        // Gone already: nothing is answered.
        if (directory.Find(publish.ClientId) is not { } client) return;
        MqttPublishDecision decision = Ask(client, message, topic);
        publish.Response.ReasonCode = (MqttPubAckReasonCode)decision.Reason;
        bool isAcknowledged = message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce;
        if (isAcknowledged && decision.Ticket > 0)
            await application.Durability.WaitAsync(decision.Ticket, publish.CancellationToken).ConfigureAwait(false);

        publish.ProcessPublish = decision is { Reason: < MqttReasonCode.UnspecifiedError, Delivery: MqttDelivery.Route };
    }

    static MqttPublishDecision Ask(ConnectedClient client, MqttApplicationMessage message, byte[] topic)
    {
        byte[] payload = message.Payload.ToArray();
        return client.Publish(new MqttIncomingMessage
        {
            Topic = topic,
            Payload = payload,
            PayloadLength = payload.Length,
            QualityOfService = (byte)message.QualityOfServiceLevel,
            Retain = message.Retain,
            Duplicate = message.Dup,
        });
    }

    Task OnSubscribeAsync(InterceptingSubscriptionEventArgs subscription)
    {
        string filter = subscription.TopicFilter.Topic;
        MqttSubscribeReasonCode? refusal = null;
        if (filter.StartsWith("$share/", StringComparison.Ordinal)) refusal = MqttSubscribeReasonCode.SharedSubscriptionsNotSupported;
        else if (directory.Find(subscription.ClientId)?.MaySubscribe(filter) != true) refusal = MqttSubscribeReasonCode.NotAuthorized;
        if (refusal is { } reason)
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = reason;
        }

        return Task.CompletedTask;
    }

    Task OnDeliverAsync(InterceptingClientApplicationMessageEnqueueEventArgs delivery)
    {
        byte[] topic = Encoding.UTF8.GetBytes(delivery.ApplicationMessage.Topic);
        delivery.AcceptEnqueue = directory.Find(delivery.ReceiverClientId)?.MayReceive(topic) == true;
        return Task.CompletedTask;
    }

    Task OnDisconnectedAsync(ClientDisconnectedEventArgs connection)
    {
        directory.Leave(connection.ClientId);
        return Task.CompletedTask;
    }
}
