using CivicSense.Mqtt.Client;

namespace CivicSense.Mqtt;

/// <summary>How an <see cref="MqttReconnectingClient"/> comes back.</summary>
/// <remarks>
/// Before the n-th attempt in a row it waits a random part of min(<see cref="MaximumPause"/>, <see cref="InitialPause"/> x 2^(n-1)): when a
/// server starts again, its clients do not all come in the same moment. A connection that lasted <see cref="MaximumPause"/> starts the
/// count anew.
/// </remarks>
public sealed record MqttReconnectOptions
{
    /// <summary>The longest pause before the first attempt. Default 1 s; more than zero.</summary>
    public TimeSpan InitialPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause of all. Default 60 s; not below <see cref="InitialPause"/>, at most a day.</summary>
    public TimeSpan MaximumPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many published messages of QoS 1 and 2 are kept until the server has answered for them; then publishing waits. They are in
    /// memory only. Ignored where <see cref="MqttClientOptions.Session"/> is given. Default 1,000; 1 to 65,000.
    /// </summary>
    public int MaximumKeptMessages { get; init; } = 1000;

    /// <summary>The clock of the pauses. Default <see cref="System.TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal string? FindError()
    {
        if (InitialPause <= TimeSpan.Zero) return $"InitialPause is {InitialPause}; allowed is more than zero.";
        return MaximumPause < InitialPause || MaximumPause > TimeSpan.FromDays(1)
            ? $"MaximumPause is {MaximumPause}; allowed is {InitialPause} (InitialPause) to a day."
            : null;
    }

    /// <summary>The pause before an attempt.</summary>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="part">Drawn uniformly from [0, 1).</param>
    internal TimeSpan Pause(int attempt, double part)
    {
        double longest = Math.Min(MaximumPause.TotalSeconds, InitialPause.TotalSeconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromSeconds(longest * part);
    }
}

/// <summary>What an <see cref="MqttReconnectingClient"/> is doing.</summary>
public enum MqttClientState
{
    /// <summary>It tries to connect.</summary>
    Connecting,

    /// <summary>It is connected, and its subscriptions are made.</summary>
    Connected,

    /// <summary>It lets some time pass before it tries again.</summary>
    Waiting,

    /// <summary>It has stopped, and does not start again.</summary>
    Ended,
}
