namespace CivicSense.Mqtt.Client;

/// <summary>Whether a connection has ended, and why. Thread-safe.</summary>
sealed class ConnectionEnd
{
    readonly TaskCompletionSource<MqttReasonCode> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    MqttException? exception;

    public bool HasEnded => Volatile.Read(ref exception) is not null;

    /// <summary>Completes after <see cref="Complete"/>.</summary>
    public Task<MqttReasonCode> Completion => completion.Task;

    /// <summary>What the next calls throw; null while the connection lives.</summary>
    public MqttException? Exception => Volatile.Read(ref exception);

    /// <summary>Ends it; false if it had ended before.</summary>
    public bool TrySet(MqttException reason) => Interlocked.CompareExchange(ref exception, reason, null) is null;

    public void Complete()
    {
        if (Exception is { } reason) completion.TrySetResult(reason.Reason);
    }

    /// <exception cref="MqttException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (Exception is not { } cause) return;
        // A new one each time: several callers may get it, each with its own stack.
        throw new MqttException(cause.Reason, cause.Message, cause)
        {
            ReasonString = cause.ReasonString, ServerReference = cause.ServerReference,
        };
    }
}
