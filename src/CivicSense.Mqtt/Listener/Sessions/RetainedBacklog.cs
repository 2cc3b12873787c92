namespace CivicSense.Mqtt.Listener;

/// <summary>
/// The retained messages that a new subscription has found and that are still to be delivered: as many at a time as the client takes. Only
/// references, so ten thousand of them do not need the memory of ten thousand messages. Guarded by the session.
/// </summary>
sealed class RetainedBacklog(int maximum)
{
    readonly Queue<(RetainedMessage Message, Subscription Subscription)> waiting = new();

    public bool IsEmpty => waiting.Count == 0;

    /// <summary>False, and counted by the caller, when a client asks for the same again and again without taking any.</summary>
    public bool TryAdd(RetainedMessage message, Subscription subscription)
    {
        if (waiting.Count >= maximum) return false;
        waiting.Enqueue((message, subscription));
        return true;
    }

    /// <summary>The next message with the QoS at which it is delivered.</summary>
    public bool TryPeek(out RetainedMessage message, out Subscription subscription, out byte qualityOfService)
    {
        bool isThere = waiting.TryPeek(out (RetainedMessage Message, Subscription Subscription) next);
        (message, subscription) = next;
        qualityOfService = isThere ? Math.Min(message.QualityOfService, subscription.QualityOfService) : (byte)0;
        return isThere;
    }

    public void Take() => waiting.Dequeue();
}
