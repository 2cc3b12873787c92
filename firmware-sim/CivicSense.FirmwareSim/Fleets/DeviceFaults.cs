using CivicSense.FirmwareSim.Field;

namespace CivicSense.FirmwareSim.Fleets;

/// <summary>Which faults one device has. What happens when is drawn by time, so that it does not depend on what was asked before.</summary>
sealed class DeviceFaults
{
    const long Day = 86_400;

    readonly CounterNoise noise;
    readonly FleetFault[] faults;
    readonly double messageShare;
    long dropOutDay = -1, stuckDay = -1;
    Episode dropOut, stuck;

    DeviceFaults(CounterNoise noise, FleetFault[] faults, double messageShare)
    {
        this.noise = noise;
        this.faults = faults;
        this.messageShare = messageShare;
    }

    /// <summary>Deals the faults out to all devices.</summary>
    public static DeviceFaults[] Assign(FleetOptions options, CounterNoise noise)
    {
        var dealt = new List<FleetFault>[options.Devices];
        for (var device = 0; device < dealt.Length; device++) dealt[device] = [];
        if (options.Faults)
        {
            var rates = options.FaultRates;
            Give(FleetFault.ConstantBias, rates.ConstantBias);
            Give(FleetFault.DropOut, rates.DropOut);
            Give(FleetFault.Duplicate, rates.Duplicate);
            Give(FleetFault.StuckValue, rates.StuckValue);
            Give(FleetFault.OutOfRange, rates.OutOfRange);
            Give(FleetFault.Malformed, rates.Malformed);
            Give(FleetFault.Late, rates.Late);
            Give(FleetFault.ClockAhead, rates.ClockAhead);
        }
        return [.. dealt.Select((own, device) => new DeviceFaults(noise.Stream(device), [.. own], options.FaultRates.MessageShare))];

        void Give(FleetFault fault, double share)
        {
            var draws = noise.Stream(-1 - (long)fault);
            var count = (int)Math.Ceiling(share * options.Devices);
            foreach (var device in Enumerable.Range(0, options.Devices).OrderBy(device => draws.At(device)).Take(count)) dealt[device]
                .Add(fault);
        }
    }

    /// <summary>Whether the device has the fault at all.</summary>
    public bool Has(FleetFault fault) => Array.IndexOf(faults, fault) >= 0;

    /// <summary>Whether the message measured at <paramref name="time"/> is hit by a fault of single messages.</summary>
    public bool Hits(FleetFault fault, long time) => Has(fault) && noise.Stream((long)fault).Uniform(time) < messageShare;

    /// <summary>An even choice among <paramref name="count"/> ways of being hit.</summary>
    public int Choose(FleetFault fault, long time, int count) => (int)(noise.Stream(50 + (long)fault).Uniform(time) * count);

    /// <summary>Whether the device is silent at <paramref name="time"/>.</summary>
    public bool IsSilent(long time) =>
        Has(FleetFault.DropOut) && InEpisode(FleetFault.DropOut, time, ref dropOutDay, ref dropOut, 3600, 8 * 3600);

    /// <summary>Whether the sensor is stuck at <paramref name="time"/>, and since when.</summary>
    public bool IsStuck(long time, out long since)
    {
        var isStuck = Has(FleetFault.StuckValue) && InEpisode(FleetFault.StuckValue, time, ref stuckDay, ref stuck, 3 * 3600, 12 * 3600);
        since = stuck.Start;
        return isStuck;
    }

    bool InEpisode(FleetFault fault, long time, ref long cachedDay, ref Episode cached, long shortest, long longest)
    {
        var day = time / Day;
        if (day != cachedDay)
        {
            cachedDay = day;
            cached = Episode.Draw(noise.Stream(100 + (long)fault), day, day * Day, Day, 0.5, shortest, longest);
        }
        return cached.Covers(time);
    }
}
