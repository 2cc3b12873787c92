namespace CivicSense.FirmwareSim;

/// <summary>A number of devices and everything they send between two instants, whether made up or recorded.</summary>
public interface IReadingSource
{
    /// <summary>The devices; all must be enrolled with their secrets before <see cref="RunAsync"/>.</summary>
    IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>No message is sent for a time before this one. Always UTC.</summary>
    DateTimeOffset Start { get; }

    /// <summary>No message is sent for this time or a later one, clock faults apart. Always UTC.</summary>
    DateTimeOffset End { get; }

    /// <summary>
    /// Connects every device and publishes all messages with QoS 1, as fast as the node takes them but hour by hour: nothing of an hour is
    /// sent before everything of the hour before it is acknowledged, because a node on the event clock closes an hour soon after the
    /// first reading of the next.
    /// </summary>
    /// <param name="connection">The node's MQTT listener.</param>
    /// <param name="progress">Told after each hour of event time; may be null.</param>
    /// <param name="cancellationToken">Stops between two messages and disconnects.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="IOException">The node could not be reached, or a connection was lost.</exception>
    Task RunAsync(FleetConnection connection, IProgress<FleetProgress>? progress, CancellationToken cancellationToken);
}
