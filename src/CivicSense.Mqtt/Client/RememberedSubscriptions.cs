namespace CivicSense.Mqtt.Client;

/// <summary>What a client wants to be subscribed to, and which of it the server's session already has. Thread-safe.</summary>
sealed class RememberedSubscriptions
{
    readonly Lock gate = new();
    readonly Dictionary<string, MqttSubscription> wanted = new(StringComparer.Ordinal);
    readonly Dictionary<string, MqttSubscription> made = new(StringComparer.Ordinal);
    readonly HashSet<string> unwanted = new(StringComparer.Ordinal);
    TaskCompletionSource changed = NewChange();

    static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Want(MqttSubscription subscription) => Change(() =>
    {
        wanted[subscription.Filter] = subscription;
        unwanted.Remove(subscription.Filter);
    });

    /// <summary>Whether or not it was made here: the server's session may have it from an earlier client of the same name.</summary>
    public void Forget(string filter) => Change(() =>
    {
        wanted.Remove(filter);
        unwanted.Add(filter);
    });

    void Change(Action change)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            change();
            (told, changed) = (changed, NewChange());
        }

        told.TrySetResult();
    }

    /// <summary>The server has lost the session.</summary>
    public void ForgetMade()
    {
        lock (gate)
        {
            made.Clear();
            unwanted.Clear();
        }
    }

    /// <summary>
    /// The server has kept the session, but perhaps not its shared subscriptions: Mosquitto 2.0 forgets them when it is restarted. To
    /// make them again changes nothing where they were kept; no retained message is ever sent for them (section 4.8.2).
    /// </summary>
    public void ForgetShared()
    {
        lock (gate)
        {
            foreach (string filter in made.Keys.Where(filter => filter.StartsWith("$share/", StringComparison.Ordinal))
                .ToArray()) made.Remove(filter);
        }
    }

    /// <summary>
    /// Makes the server's session what is wanted; first what is missing, so that nothing is missed where one filter takes another's place.
    /// </summary>
    /// <param name="client">The connection.</param>
    /// <param name="granted">Told each subscription that was made, and the QoS that the server granted.</param>
    /// <param name="cancellationToken">Ends the wait for the server.</param>
    /// <returns>Completes with the next change.</returns>
    /// <exception cref="MqttException">The server refused, or the connection has ended.</exception>
    public async Task<Task> ApplyAsync(
        MqttClient client, Action<MqttSubscription, MqttReasonCode> granted, CancellationToken cancellationToken)
    {
        MqttSubscription[] missing;
        string[] superfluous;
        Task next;
        lock (gate)
        {
            missing = [.. wanted.Values.Where(one => !made.TryGetValue(one.Filter, out MqttSubscription? old) || old != one)];
            superfluous = [.. made.Keys.Where(filter => !wanted.ContainsKey(filter)).Union(unwanted)];
            next = changed.Task;
        }

        foreach (MqttSubscription subscription in missing)
        {
            granted(subscription, await client.SubscribeAsync(subscription, cancellationToken));
            lock (gate) made[subscription.Filter] = subscription;
        }

        foreach (string filter in superfluous)
        {
            try
            {
                await client.UnsubscribeAsync(filter, cancellationToken);
            }
            catch (MqttException) when (!client.Completion.IsCompleted)
            {
                // Refused. To end the connection over it would also end the subscriptions that are wanted.
            }

            lock (gate)
            {
                made.Remove(filter);
                unwanted.Remove(filter);
            }
        }

        return next;
    }
}
