namespace CivicSense.Mqtt.Listener;

/// <content>What of a session is saved, and when.</content>
sealed partial class ClientSession
{
    bool isStored;
    bool isDirty;
    SavedWill? savedWill;
    bool isSendingSaved;
    long dirtyTicket;

    /// <summary>Whether changes are saved, so that some answers have to wait.</summary>
    public bool IsSavedNow => services.Commit is not null && (Expiry > TimeSpan.Zero || isStored);

    /// <summary>Says that the session has to be saved, if it is one that is. Called under <see cref="Gate"/>.</summary>
    /// <returns>The ticket after which the change is durable; 0 if nothing is saved.</returns>
    public long MarkChanged()
    {
        if (hasEnded || !IsSavedNow) return 0;
        if (isDirty) return dirtyTicket;
        isStored = isDirty = true;
        dirtyTicket = services.Commit!.Enlist(this);
        return dirtyTicket;
    }

    /// <summary>Sends what the client takes now, and has the session saved. Called under <see cref="Gate"/>.</summary>
    /// <param name="to">The connection; null while there is none.</param>
    /// <returns>The ticket after which the change is durable; 0 if nothing is saved.</returns>
    long Pump(MqttConnection? to)
    {
        if (to is not null) outgoing?.Pump(to, IsSavedNow);
        long ticket = MarkChanged();
        if (outgoing?.UnsavedTicket is null) return ticket;
        outgoing.Hold(ticket);
        if (!isSendingSaved) _ = SendSavedAsync(ticket);
        return ticket;
    }

    // One at a time for each session, from the first message that waits for a commit to the last.
    async Task SendSavedAsync(long? ticket)
    {
        isSendingSaved = true;
        while (ticket is { } next)
        {
            await services.Commit!.WaitAsync(next, CancellationToken.None).ConfigureAwait(false);
            MqttConnection? to;
            bool isOwedMore = false;
            lock (gate)
            {
                to = connection;
                ticket = to is null ? null : SendSaved(to, out isOwedMore);
                isSendingSaved = ticket is not null;
            }

            to?.FlushOutput();
            if (isOwedMore) _ = TopUpWhenSentAsync(to!);
        }
    }

    long? SendSaved(MqttConnection to, out bool isOwedMore)
    {
        isOwedMore = false;
        if (outgoing is null) return null;
        int before = outgoing.Count;
        outgoing.SendSaved(to, services.Commit!.DurableTicket);
        if (outgoing.Count < before)
        {
            // What the client could not be sent has left room for others, and no acknowledgement of it will come and bring them.
            Pump(to);
            isOwedMore = BeginTopUp(to);
        }

        return outgoing.UnsavedTicket;
    }

    /// <summary>The connection has ended, or the will that it has left has been published.</summary>
    /// <param name="will">The will that waits from now on; null for none.</param>
    public void NoteWill(SavedWill? will)
    {
        lock (gate)
        {
            savedWill = will;
            MarkChanged();
        }
    }

    /// <summary>Has a state that cannot be read removed from the store.</summary>
    public void Discard()
    {
        lock (gate) isStored = true;
        MarkEnded();
    }

    /// <summary>
    /// The session is over: it is removed from the store, in the same or an earlier commit than anything a later session of that name
    /// saves.
    /// </summary>
    public void MarkEnded()
    {
        lock (gate)
        {
            MarkChanged();
            hasEnded = true;
        }
    }

    /// <summary>What has to be saved now, and the application's ticket that has to be durable before.</summary>
    public (MqttStoredSession Session, long Ticket) TakeChange()
    {
        lock (gate)
        {
            isDirty = false;
            bool isKept = !hasEnded && Expiry > TimeSpan.Zero;
            byte[] state = isKept ? SessionState.Write(ToSnapshot()) : [];
            return (new MqttStoredSession(identity, clientId, isKept && connection is null ? EndsAt : null, state), IncomingTicket);
        }
    }

    SessionSnapshot ToSnapshot() => new(
        connection is not null, Expiry, subscriptions?.Values.ToArray() ?? [], [.. Incoming.All], outgoing?.LastIdentifier ?? 0,
        outgoing?.All.ToArray() ?? [], savedWill);

    /// <summary>Fills a new session with what was saved; before it is known to anybody.</summary>
    public void Restore(SessionSnapshot snapshot, MqttRouter router)
    {
        lock (gate)
        {
            (Expiry, isStored, savedWill) = (snapshot.Expiry, true, snapshot.Will);
            foreach (ushort identifier in snapshot.Incoming) Incoming.TryAdd(identifier);
            foreach (Subscription saved in snapshot.Subscriptions)
            {
                subscriptions ??= new Dictionary<byte[], Subscription>(Utf8Comparer.Instance);
                Subscription subscription = saved with { Session = this };
                if (subscriptions.TryAdd(subscription.Filter, subscription)) router.Subscribe(subscription, wantsRetained: false);
            }

            if (snapshot.Outgoing.Length == 0) return;
            outgoing = new OutgoingMessages(services);
            outgoing.RestoreLastIdentifier(snapshot.LastIdentifier);
            foreach (OutgoingMessage message in snapshot.Outgoing) outgoing.Restore(message);
        }
    }
}
