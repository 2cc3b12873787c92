using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>Passes messages to subscribers and keeps the retained ones. Thread-safe.</summary>
/// <remarks>
/// The lock covers the tree and the retained messages only. Delivery happens outside of it, each session under its own lock, so that
/// subscribers do not wait for each other.
/// </remarks>
sealed class MqttRouter(MqttListenerOptions options, MqttListenerStatistics statistics, TimeProvider time) : IMqttPublisher
{
    readonly Lock gate = new();
    readonly SubscriptionTree subscriptions = new();
    readonly RetainedMessages retained = new(options);
    long routed;

    /// <inheritdoc />
    public void Publish(string topic, ReadOnlySpan<byte> payload, bool retain)
    {
        ArgumentNullException.ThrowIfNull(topic);
        byte[] name = Encoding.UTF8.GetBytes(topic);
        if (!MqttText.IsTopicName(name)) throw new ArgumentException("This is not a topic name (MQTT 5.0, section 4.7).", nameof(topic));
        var buffer = new RouteBuffer();
        Route(new RoutedMessage { Topic = name, Payload = payload, Retain = retain, MessageExpiryOffset = -1 }, buffer);
        buffer.Flush();
    }

    /// <summary>
    /// Hands the message to every subscriber's session and retains it if it says so. The caller has to flush
    /// <paramref name="buffer"/>.
    /// </summary>
    /// <returns>Success, No Matching Subscribers, or Quota Exceeded if it could not be retained.</returns>
    public MqttReasonCode Route(in RoutedMessage message, RouteBuffer buffer)
    {
        bool isKept;
        bool isMatched;
        buffer.Matches.Clear();
        buffer.Deliveries.Clear();
        lock (gate)
        {
            isKept = !message.Retain || Retain(message);
            subscriptions.Match(message.Topic, buffer.Matches);
            isMatched = buffer.Matches.Count > 0;
            routed++;
            foreach (Subscription subscription in buffer.Matches) Plan(message, subscription, buffer.Deliveries);
        }

        MessageContent? content = null;
        foreach (Delivery delivery in buffer.Deliveries) Deliver(message, delivery, ref content, buffer);
        if (!isKept) return MqttReasonCode.QuotaExceeded;
        return isMatched ? MqttReasonCode.Success : MqttReasonCode.NoMatchingSubscribers;
    }

    static void Deliver(in RoutedMessage message, in Delivery delivery, ref MessageContent? content, RouteBuffer buffer)
    {
        long ticket = delivery.Session.Deliver(message, delivery, ref content, out MqttConnection? touched);
        buffer.SavedTicket = Math.Max(buffer.SavedTicket, ticket);
        buffer.Touch(touched);
    }

    /// <summary>
    /// One delivery a session however many of its subscriptions match, with the highest QoS and all identifiers ([MQTT-3.3.4-2],
    /// [MQTT-3.3.4-4]); but one more for each that is shared, since that copy would go to somebody else as well.
    /// </summary>
    void Plan(in RoutedMessage message, Subscription subscription, List<Delivery> deliveries)
    {
        if (subscription.NoLocal && subscription.Session == message.Publisher) return;
        byte qualityOfService = Math.Min(message.QualityOfService, subscription.QualityOfService);
        bool retain = message.Retain && subscription.RetainAsPublished;
        ClientSession session = subscription.Session;
        bool isShared = subscription.SharedName is not null;
        if (isShared || session.RouteMark.Message != routed)
        {
            if (!isShared) session.RouteMark = (routed, deliveries.Count);
            byte[]? sharedFilter = isShared ? subscription.Filter : null;
            deliveries.Add(new Delivery(session, qualityOfService, retain, subscription.Identifiers, sharedFilter));
            return;
        }

        Delivery planned = deliveries[session.RouteMark.Index];
        deliveries[session.RouteMark.Index] = planned with
        {
            QualityOfService = Math.Max(planned.QualityOfService, qualityOfService),
            Retain = planned.Retain || retain,
            SubscriptionIdentifiers = [.. planned.SubscriptionIdentifiers, .. subscription.Identifiers],
        };
    }

    bool Retain(in RoutedMessage message)
    {
        // An empty payload removes ([MQTT-3.3.1-6], [MQTT-3.3.1-7]).
        if (message.Payload.IsEmpty)
        {
            retained.Remove(message.Topic);
            return true;
        }

        DateTimeOffset now = time.GetUtcNow();
        var kept = new RetainedMessage(MessageContent.Copy(message, now), message.QualityOfService, message.Publisher?.Identity)
        {
            Publisher = message.Publisher?.Application,
        };
        if (retained.TrySet(kept, now)) return true;
        statistics.CountRetainedRefused();
        return false;
    }

    /// <summary>Forgets the retained messages of clients that have lost the right to be here.</summary>
    public void DropRevoked()
    {
        lock (gate) retained.DropRevoked();
    }

    /// <summary>Adds a subscription or replaces the session's one under the same filter.</summary>
    /// <returns>The retained messages that match it, if they are wanted.</returns>
    public List<RetainedMessage>? Subscribe(Subscription subscription, bool wantsRetained)
    {
        lock (gate)
        {
            subscriptions.Set(subscription);
            if (!wantsRetained) return null;
            var found = new List<RetainedMessage>();
            retained.Match(subscription.TopicFilter, time.GetUtcNow(), found);
            return found;
        }
    }

    /// <summary>Whether this is still the retained message of its topic.</summary>
    public bool IsRetained(RetainedMessage message)
    {
        lock (gate) return retained.Contains(message);
    }

    public void Unsubscribe(Subscription subscription)
    {
        lock (gate) subscriptions.Remove(subscription);
    }

    /// <summary>
    /// Gives messages of shared subscriptions, which a session has left behind at its end, to other members. One of QoS 2 that was sent
    /// already stays undelivered rather than being delivered twice ([MQTT-4.8.2-5]).
    /// </summary>
    public void Redistribute(OutgoingMessage[] left, RouteBuffer buffer)
    {
        foreach (OutgoingMessage message in left)
        {
            if (message.SharedFilter is not { } filter || (message.QualityOfService == 2 && message.Step != DeliveryStep.Waiting)) continue;
            Subscription? member;
            lock (gate) member = subscriptions.PickMember(filter);
            if (member is null) continue;
            MessageContent? content = message.Content;
            byte qualityOfService = Math.Min(message.QualityOfService, member.QualityOfService);
            var delivery = new Delivery(member.Session, qualityOfService, message.Retain, member.Identifiers, filter);
            Deliver(RoutedMessage.Of(content, message.QualityOfService, time.GetUtcNow()), delivery, ref content, buffer);
        }
    }
}
