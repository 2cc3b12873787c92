namespace CivicSense.Mqtt.Listener;

/// <content>What the client has subscribed to, and the retained messages that a subscription begins with.</content>
sealed partial class ClientSession
{
    Dictionary<byte[], Subscription>? subscriptions;
    RetainedBacklog? backlog;
    MqttConnection? toppedUp;

    public int SubscriptionCount
    {
        get
        {
            lock (gate) return subscriptions?.Count ?? 0;
        }
    }

    public bool IsSubscribed(byte[] filter)
    {
        lock (gate) return subscriptions?.ContainsKey(filter) ?? false;
    }

    /// <summary>Adds or replaces a subscription and delivers the retained messages before anything newer can overtake them.</summary>
    /// <returns>The ticket after which it is durable.</returns>
    public long Subscribe(Subscription subscription, MqttRouter router, byte retainHandling)
    {
        lock (gate)
        {
            subscriptions ??= new Dictionary<byte[], Subscription>(Utf8Comparer.Instance);
            bool isNew = !subscriptions.ContainsKey(subscription.Filter);
            subscriptions[subscription.Filter] = subscription;
            bool wantsRetained = subscription.SharedName is null && (retainHandling == 0 || (retainHandling == 1 && isNew));
            List<RetainedMessage>? retained = router.Subscribe(subscription, wantsRetained);
            foreach (RetainedMessage message in retained ?? []) Owe(message, subscription);
            TopUp(router);
            return MarkChanged();
        }
    }

    void Owe(RetainedMessage message, Subscription subscription)
    {
        backlog ??= new RetainedBacklog(services.Options.MaximumRetainedMessages);
        if (!backlog.TryAdd(message, subscription)) services.Statistics.CountDropped(MqttDropReason.QueueFull);
    }

    /// <summary>Whether retained messages are owed to the client. Read by the connection's loop, which alone adds some.</summary>
    public bool HasBacklog => backlog is { IsEmpty: false };

    /// <summary>Delivers as many of the retained messages that are owed as the client takes now.</summary>
    /// <returns>True if more may go out once the output has been sent; false if there are no more or acknowledgements are needed.</returns>
    public bool TopUp(MqttRouter router)
    {
        lock (gate)
        {
            if (connection is null || backlog is null) return false;
            while (backlog.TryPeek(out RetainedMessage message, out Subscription subscription, out byte qualityOfService))
            {
                if (qualityOfService > 0 && outgoing?.Count >= connection.SendWindow) return false;
                if (connection.Output.QueuedBytes > services.Options.MaximumQueuedBytesPerSession / 2) return true;
                backlog.Take();
                // If it has been replaced meanwhile, the newer one has been delivered, and this one would come too late.
                if (router.IsRetained(message)) DeliverRetained(message, subscription, qualityOfService);
            }

            backlog = null;
            return false;
        }
    }

    // True if the caller has to see to the rest with TopUpWhenSentAsync, which runs at most once for each connection.
    bool BeginTopUp(MqttConnection to)
    {
        if (!TopUp(to.Listener.Router) || toppedUp == to) return false;
        toppedUp = to;
        return true;
    }

    // For when the client's next packet may be long in coming: otherwise the connection's loop does this.
    async Task TopUpWhenSentAsync(MqttConnection to)
    {
        for (bool isOwedMore = true; isOwedMore;)
        {
            await to.Output.WaitForRoomAsync(0).ConfigureAwait(false);
            lock (gate)
            {
                isOwedMore = connection == to && !to.IsClosing && TopUp(to.Listener.Router);
                if (!isOwedMore && toppedUp == to) toppedUp = null;
            }

            to.FlushOutput();
        }
    }

    // [MQTT-3.3.1-8]: RETAIN is set on what was retained, whatever the subscription says.
    void DeliverRetained(RetainedMessage message, Subscription subscription, byte qualityOfService)
    {
        MessageContent? content = message.Content;
        Deliver(
            RoutedMessage.Of(content, message.QualityOfService, services.Time.GetUtcNow()),
            new Delivery(this, qualityOfService, Retain: true, subscription.Identifiers, SharedFilter: null), ref content, out _);
    }

    /// <summary>Removes a subscription; false if there was none.</summary>
    public bool TryUnsubscribe(byte[] filter, MqttRouter router, out long ticket)
    {
        ticket = 0;
        lock (gate)
        {
            if (subscriptions is null || !subscriptions.Remove(filter, out Subscription? subscription)) return false;
            router.Unsubscribe(subscription);
            ticket = MarkChanged();
            return true;
        }
    }
}
