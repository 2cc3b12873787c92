namespace CivicSense.FirmwareSim;

/// <summary>Where and how devices connect.</summary>
/// <param name="Host">Host name or address of the MQTT listener.</param>
/// <param name="Port">Its TCP port.</param>
public sealed record FleetConnection(string Host, int Port)
{
    /// <summary>How many worker tasks drive the devices, each a slice of its own; by default one per processor, at most 4.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>How many devices connect at the same time; default 8.</summary>
    public int ConnectParallelism { get; init; } = 8;
}
