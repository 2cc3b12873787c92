using CivicSense.Mqtt.Codec;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Listener;

/// <summary>All sessions by identity and client identifier: who owns which, which are kept, and when they end. Thread-safe.</summary>
sealed class SessionDirectory(SessionServices services, MqttRouter router, ILogger logger)
{
    readonly Lock gate = new();
    readonly Dictionary<(string Identity, string ClientId), ClientSession> sessions = [];
    readonly Dictionary<string, IdentitySessions> identities = new(StringComparer.Ordinal);
    readonly HashSet<ClientSession> unowned = [];
    DateTimeOffset nextDue = DateTimeOffset.MaxValue;

    public int Count
    {
        get
        {
            lock (gate) return sessions.Count;
        }
    }

    /// <summary>Brings back what the store has kept.</summary>
    /// <param name="store">The store.</param>
    /// <param name="application">Asked who publishes the wills that wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LoadAsync(IMqttSessionStore store, IMqttApplication application, CancellationToken cancellationToken)
    {
        DateTimeOffset now = services.Time.GetUtcNow();
        foreach (MqttStoredSession stored in await store.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!SessionState.TryRead(stored.State.Span, out SessionSnapshot? snapshot))
            {
                services.Statistics.CountSessionUnreadable();
                logger.SessionUnreadable();
                new ClientSession(stored.Identity, stored.ClientId, services).Discard();
                continue;
            }

            IMqttSession? absent = snapshot.Will is null
                ? null
                : await application.FindAbsentAsync(stored.Identity, cancellationToken).ConfigureAwait(false);
            Restore(stored, absent is null ? snapshot with { Will = null } : snapshot, absent, now);
        }
    }

    void Restore(MqttStoredSession stored, SessionSnapshot snapshot, IMqttSession? absent, DateTimeOffset now)
    {
        var session = new ClientSession(stored.Identity, stored.ClientId, services);
        session.Restore(snapshot, router);
        if (snapshot.Will is { } will) session.Will = new PendingWill(will.Will, absent!, will.Due);
        // Of one that was connected the expiry begins when the listener is there again.
        DateTimeOffset endsAt = snapshot.IsConnected || stored.ExpiresAt is null ? now + snapshot.Expiry : stored.ExpiresAt.Value;
        lock (gate)
        {
            sessions[(stored.Identity, stored.ClientId)] = session;
            GetIdentity(stored.Identity).All.Add(session);
            Leave(session, endsAt);
        }

        services.Statistics.CountSessionOpened();
    }

    /// <summary>
    /// Makes a connection the one of its client identifier. An earlier one is told 0x8E and waited for, so that the application never sees
    /// both. Identities do not share client identifiers: nobody can keep another out, or read on, by using the same one.
    /// </summary>
    /// <returns>The session, and whether it was there before; null if a limit is reached.</returns>
    public async ValueTask<(ClientSession? Session, bool IsResumed)> ClaimAsync(
        MqttConnection connection, bool cleanStart, CancellationToken cancellationToken)
    {
        while (true)
        {
            ClaimOutcome outcome;
            lock (gate) outcome = TryClaim(connection, cleanStart);
            foreach (ClientSession ended in outcome.Ended) End(ended);
            if (outcome.EarlierOwner is null) return (outcome.Session, outcome.IsResumed);
            outcome.EarlierOwner.RequestClose(MqttReasonCode.SessionTakenOver);
            await outcome.EarlierOwner.Detached.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    ClaimOutcome TryClaim(MqttConnection connection, bool cleanStart)
    {
        var outcome = new ClaimOutcome();
        (string, string) key = (connection.Identity, connection.ClientId);
        if (sessions.TryGetValue(key, out ClientSession? session))
        {
            if (session.Owner is { } owner) return outcome with { EarlierOwner = owner };
            bool isKept = !cleanStart && !session.IsRevoked && !(session.EndsAt <= services.Time.GetUtcNow());
            if (!isKept) Remove(session, outcome.Ended);
            else if (!HasRoom(connection)) return outcome;
            else return outcome with { Session = Own(session, connection), IsResumed = true };
        }

        if (!HasRoom(connection)) return outcome;
        // Whoever makes up a new identifier each time loses the oldest of its own sessions, and takes nothing from anybody else.
        if (identities.TryGetValue(connection.Identity, out IdentitySessions? identity) && identity.All.Count >= MaximumOf(connection)
            && identity.FindOldest() is { } oldest)
        {
            Remove(oldest, outcome.Ended);
        }

        if (sessions.Count >= services.Options.MaximumSessions) return outcome;
        session = new ClientSession(connection.Identity, connection.ClientId, services);
        sessions.Add(key, session);
        GetIdentity(connection.Identity).All.Add(session);
        services.Statistics.CountSessionOpened();
        return outcome with { Session = Own(session, connection) };
    }

    int MaximumOf(MqttConnection connection) => connection.Limits.MaximumConnections ?? services.Options.MaximumConnectionsPerIdentity;

    bool HasRoom(MqttConnection connection) =>
        !identities.TryGetValue(connection.Identity, out IdentitySessions? identity) || identity.OwnedCount < MaximumOf(connection);

    ClientSession Own(ClientSession session, MqttConnection connection)
    {
        (session.Owner, session.EndsAt, session.Will) = (connection, null, null);
        unowned.Remove(session);
        GetIdentity(session.Identity).OwnedCount++;
        return session;
    }

    /// <summary>The connection is gone. Its session ends or begins to wait for the next, and the will goes out now or later.</summary>
    public void Release(MqttConnection connection, MqttWill? will)
    {
        ClientSession session = connection.Client!;
        session.Close();
        DateTimeOffset now = services.Time.GetUtcNow();
        bool ends = session.Expiry == TimeSpan.Zero || connection.Session is { IsRevoked: true };
        PendingWill? pending = will is null ? null : new PendingWill(will, connection.Session!, now.AddSeconds(will.DelayInterval));
        bool isDelayed = !ends && pending is { Will.DelayInterval: > 0 };
        if (pending is not null && !isDelayed) Publish(session, pending);
        SavedWill? saved = isDelayed ? pending!.Saved : null;
        var ended = new List<ClientSession>();
        lock (gate)
        {
            session.Owner = null;
            GetIdentity(session.Identity).OwnedCount--;
            if (isDelayed) session.Will = pending;
            if (ends) Remove(session, ended);
            else
            {
                Leave(session, now + session.Expiry);
                session.NoteWill(saved);
            }
        }

        foreach (ClientSession gone in ended) End(gone);
    }

    void Leave(ClientSession session, DateTimeOffset endsAt)
    {
        session.EndsAt = endsAt;
        unowned.Add(session);
        if (endsAt < nextDue) nextDue = endsAt;
        if (session.Will is { } will && will.Due < nextDue) nextDue = will.Due;
    }

    void Remove(ClientSession session, List<ClientSession> ended)
    {
        sessions.Remove((session.Identity, session.ClientId));
        session.MarkEnded();
        unowned.Remove(session);
        IdentitySessions identity = GetIdentity(session.Identity);
        identity.All.Remove(session);
        if (identity.All.Count == 0) identities.Remove(session.Identity);
        ended.Add(session);
    }

    // [MQTT-3.1.2-8] and section 3.1.3.2.2: the end of the session ends the will's delay.
    void End(ClientSession session)
    {
        PendingWill? will;
        lock (gate) (will, session.Will) = (session.Will, null);
        var buffer = new RouteBuffer();
        router.Redistribute(session.End(router), buffer);
        buffer.Flush();
        services.Statistics.CountSessionEnded();
        if (will is not null) Publish(session, will);
    }

    /// <summary>Ends the sessions that have expired and publishes the wills whose delay has passed.</summary>
    public void Sweep()
    {
        DateTimeOffset now = services.Time.GetUtcNow();
        var ended = new List<ClientSession>();
        var wills = new List<(ClientSession, PendingWill)>();
        lock (gate)
        {
            if (now < nextDue) return;
            nextDue = DateTimeOffset.MaxValue;
            foreach (ClientSession session in unowned.ToArray())
            {
                if (session.EndsAt <= now) Remove(session, ended);
                else if (session.Will is { } will && will.Due <= now)
                {
                    wills.Add((session, will));
                    session.Will = null;
                    Leave(session, session.EndsAt!.Value);
                }
                else Leave(session, session.EndsAt!.Value);
            }
        }

        foreach ((ClientSession session, PendingWill will) in wills)
        {
            Publish(session, will);
            // Only now: in a crash before, it is better published twice than not at all.
            lock (gate)
            {
                if (session.Will is null) session.NoteWill(null);
            }
        }

        foreach (ClientSession session in ended) End(session);
    }

    /// <summary>Publishes a will as its client would have: with the rights that the client has now.</summary>
    void Publish(ClientSession session, PendingWill pending)
    {
        MqttWill will = pending.Will;
        try
        {
            MqttPublishDecision decision = pending.Application.Publish(new MqttIncomingMessage
            {
                Topic = will.Topic,
                Payload = will.Payload,
                PayloadLength = will.Payload.Length,
                QualityOfService = will.QualityOfService,
                Retain = will.Retain,
                Duplicate = false,
            });
            if ((byte)decision.Reason >= 0x80 || decision.Delivery != MqttDelivery.Route) return;
        }
        catch (Exception exception)
        {
            logger.ApplicationFailed(exception.GetType().Name);
            return;
        }

        var buffer = new RouteBuffer();
        router.Route(
            new RoutedMessage
            {
                Topic = will.Topic,
                Payload = will.Payload,
                Properties = will.Properties,
                MessageExpiryOffset = will.MessageExpiryOffset,
                MessageExpiryInterval = will.MessageExpiryInterval,
                QualityOfService = will.QualityOfService,
                Retain = will.Retain,
                Publisher = session,
            },
            buffer);
        buffer.Flush();
    }

    IdentitySessions GetIdentity(string identity)
    {
        if (!identities.TryGetValue(identity, out IdentitySessions? found)) identities.Add(identity, found = new IdentitySessions());
        return found;
    }

    sealed class IdentitySessions
    {
        public HashSet<ClientSession> All { get; } = [];

        public int OwnedCount { get; set; }

        public ClientSession? FindOldest() => All.Where(session => session.Owner is null).MinBy(session => session.EndsAt);
    }

    sealed record ClaimOutcome
    {
        public ClientSession? Session { get; init; }

        public bool IsResumed { get; init; }

        public MqttConnection? EarlierOwner { get; init; }

        public List<ClientSession> Ended { get; } = [];
    }
}
