namespace CivicSense.Mqtt.Client;

/// <summary>
/// Sends PINGREQ when a connection is silent in either direction, and notices when nothing comes back (MQTT 5.0 section 3.12).
/// </summary>
sealed class KeepAliveMonitor(TimeProvider time, Action ping, Action timedOut) : IDisposable
{
    // The timer looks four times in an interval. A quarter early, so that its period cannot make a PINGREQ late.
    const double Silence = 0.74;

    ITimer? timer;
    TimeSpan interval;
    long lastSent = time.GetTimestamp();
    long lastHeard = time.GetTimestamp();
    long pingedAt;
    bool isHeld;

    /// <summary>Starts watching; zero is never.</summary>
    public void Start(TimeSpan keepAlive)
    {
        if (keepAlive <= TimeSpan.Zero) return;
        interval = keepAlive;
        timer = time.CreateTimer(static state => ((KeepAliveMonitor)state!).Look(), this, keepAlive / 4, keepAlive / 4);
    }

    public void Sent() => Volatile.Write(ref lastSent, time.GetTimestamp());

    public void Heard()
    {
        Volatile.Write(ref lastHeard, time.GetTimestamp());
        Volatile.Write(ref pingedAt, 0);
    }

    public bool IsHeld => Volatile.Read(ref isHeld);

    /// <summary>This side does not read for now: that nothing is heard then says nothing about the server.</summary>
    public void Hold() => Volatile.Write(ref isHeld, true);

    public void EndHold()
    {
        Heard();
        Volatile.Write(ref isHeld, false);
    }

    void Look()
    {
        long pinged = Volatile.Read(ref pingedAt);
        bool isHolding = Volatile.Read(ref isHeld);
        if (pinged != 0 && !isHolding)
        {
            // Together with the silence before it, one and a half intervals: what a server grants a client too.
            if (time.GetElapsedTime(pinged) >= interval * Silence) timedOut();
            return;
        }

        bool isSilent = time.GetElapsedTime(Volatile.Read(ref lastSent)) >= interval * Silence
            || (!isHolding && time.GetElapsedTime(Volatile.Read(ref lastHeard)) >= interval * Silence);
        if (!isSilent) return;
        if (!isHolding) Volatile.Write(ref pingedAt, time.GetTimestamp());
        ping();
    }

    public void Dispose() => timer?.Dispose();
}
