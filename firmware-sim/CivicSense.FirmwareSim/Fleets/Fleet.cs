using CivicSense.FirmwareSim.Field;
using CivicSense.FirmwareSim.Fleets;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim;

/// <summary>
/// A simulated neighbourhood: households in five areas, their devices, what these measure, and what goes wrong with them.
/// </summary>
/// <remarks>
/// What is sent is a pure function of the options: same seed, same messages, whatever the threads do. Only the secrets are new each time.
/// A fleet may run several times, but not at the same time.
/// </remarks>
public sealed class Fleet : IReadingSource
{
    static readonly TimeSpan LongestCatchUp = TimeSpan.FromDays(1);

    readonly FleetOptions options;
    readonly CounterNoise noise;
    readonly CityField city;
    readonly Household[] homes;

    /// <summary>Lays out the neighbourhood.</summary>
    /// <param name="options">What it is like.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public Fleet(FleetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        noise = CounterNoise.FromSeed(options.Seed);
        city = new CityField(noise.Stream(1), options.TimeZone, options.Start, options.End);
        homes = [.. Enumerable.Range(0, options.Devices).Select(HomeOf)];
        Devices = [.. homes.Select(NewDevice)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <inheritdoc/>
    public DateTimeOffset Start => options.Start.ToUniversalTime();

    /// <inheritdoc/>
    public DateTimeOffset End => options.End.ToUniversalTime();

    /// <inheritdoc/>
    public Task RunAsync(FleetConnection connection, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return RunAsync(MqttDeviceLink.To(connection), connection, progress, cancellationToken);
    }

    /// <summary>Goes on from <see cref="End"/> in real time: every device connects and sends every interval until cancelled.</summary>
    /// <remarks>
    /// If the clock stands at most a day after <see cref="End"/>, what fell due meanwhile is sent first, hour by hour, and event time is
    /// the clock's time from then on. Otherwise event time runs on from <see cref="End"/> at the clock's speed.
    /// </remarks>
    /// <param name="connection">The node's MQTT listener.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="progress">Told after every message; may be null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled: the only regular end.</exception>
    /// <exception cref="IOException">The node could not be reached, or a connection was lost.</exception>
    public Task RunLiveAsync(
        FleetConnection connection, TimeProvider timeProvider, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(timeProvider);
        return RunLiveAsync(MqttDeviceLink.To(connection), connection, timeProvider, progress, cancellationToken);
    }

    internal async Task RunAsync(
        ConnectDevice connect, FleetConnection connection, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        await using var links = await DeviceLinks.OpenAsync(Devices, connect, connection.ConnectParallelism, cancellationToken);
        var feeds = Feeds(Start, End, live: false);
        await new HourlyPublisher(feeds, links, connection.Workers).RunAsync(Start, End, progress, cancellationToken);
    }

    internal async Task RunLiveAsync(
        ConnectDevice connect, FleetConnection connection, TimeProvider timeProvider, IProgress<FleetProgress>? progress,
        CancellationToken cancellationToken)
    {
        await using var links = await DeviceLinks.OpenAsync(Devices, connect, connection.ConnectParallelism, cancellationToken);
        var now = timeProvider.GetUtcNow();
        var behind = now - End;
        var catchesUp = behind > TimeSpan.Zero && behind <= LongestCatchUp;
        var from = End;
        if (catchesUp)
        {
            from = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
            await new HourlyPublisher(Feeds(End, from, live: false), links, connection.Workers)
                .RunAsync(End, from, progress, cancellationToken);
        }
        var lag = catchesUp ? TimeSpan.Zero : behind;
        await new LivePublisher(Feeds(from, null, live: true), links, timeProvider, lag).RunAsync(progress, cancellationToken);
    }

    /// <summary>What all devices send for [<paramref name="from"/>, <paramref name="to"/>), or for ever.</summary>
    internal DeviceFeed[] Feeds(DateTimeOffset from, DateTimeOffset? to, bool live)
    {
        var faults = DeviceFaults.Assign(options, noise.Stream(2));
        var airRohrShare = noise.Stream(3);
        return
        [
            .. Devices.Select((device, number) => new SimulatedFeed(
                device, number, new DeviceField(noise, city, homes[number], number), faults[number], options,
                FirstMeasurement(number, from.ToUnixTimeSeconds()), to?.ToUnixTimeSeconds() ?? DeviceFeed.Ended,
                live && airRohrShare.Uniform(number) < options.AirRohrShare)),
        ];
    }

    /// <summary>Devices were switched on at different moments: each has its own phase within the interval.</summary>
    long FirstMeasurement(int number, long from)
    {
        var interval = (long)options.Interval.TotalSeconds;
        var phase = (long)(noise.Stream(4).Uniform(number) * interval);
        var start = Start.ToUnixTimeSeconds() + phase;
        var steps = Math.Max(0, (from - start + interval - 1) / interval);
        return start + steps * interval;
    }

    /// <summary>The first devices have a household each, the others are second devices, spread evenly.</summary>
    Household HomeOf(int device)
    {
        var owners = options.OwnerCount;
        var owner = device < owners ? device : (int)((long)(device - owners) * 7 % owners);
        return Neighbourhood.Place(options, noise.Stream(5), owner);
    }

    SimulatedDevice NewDevice(Household home, int number)
    {
        // A second device hangs on the other side of the house, some five metres away.
        var apart = number < options.OwnerCount ? 0 : 0.00005;
        return new SimulatedDevice(
            FormattableString.Invariant($"sim-{number + 1:D4}"), FormattableString.Invariant($"household-{home.Index + 1:D4}"),
            home.Latitude + apart, home.Longitude, SimulatedDevice.NewSecret());
    }
}
