namespace CivicSense.FirmwareSim.Publishing;

/// <summary>One device's connection to the node.</summary>
interface IDeviceLink : IAsyncDisposable
{
    /// <summary>
    /// Publishes with QoS 1. The payload may be overwritten as soon as this completes, which is before it is acknowledged.
    /// </summary>
    ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool duplicate, CancellationToken cancellationToken);

    /// <summary>Sees to it that everything written is on its way.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>Completes when everything written is acknowledged.</summary>
    Task DrainAsync(CancellationToken cancellationToken);
}

/// <summary>Opens one connection for a device.</summary>
/// <param name="device">Who connects.</param>
/// <param name="index">Its position in the list of devices.</param>
/// <param name="cancellationToken">Gives up.</param>
delegate Task<IDeviceLink> ConnectDevice(SimulatedDevice device, int index, CancellationToken cancellationToken);

/// <summary>The open connections of all devices of a source.</summary>
sealed class DeviceLinks : IAsyncDisposable
{
    readonly IDeviceLink?[] links;

    DeviceLinks(int count) => links = new IDeviceLink?[count];

    /// <summary>The connection of the device with the given index.</summary>
    public IDeviceLink this[int index] => links[index]!;

    /// <summary>Connects all devices, a few at a time. If one fails, the others are closed again.</summary>
    public static async Task<DeviceLinks> OpenAsync(
        IReadOnlyList<SimulatedDevice> devices, ConnectDevice connect, int parallelism, CancellationToken cancellationToken)
    {
        var all = new DeviceLinks(devices.Count);
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
            await Parallel.ForAsync(
                0, devices.Count, parallel, async (index, stop) => all.links[index] = await connect(devices[index], index, stop));
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>Disconnects all.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var link in links)
        {
            if (link is not null) await link.DisposeAsync();
        }
    }
}
