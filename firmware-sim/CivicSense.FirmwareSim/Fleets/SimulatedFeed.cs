using CivicSense.FirmwareSim.Field;
using CivicSense.FirmwareSim.Payloads;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim.Fleets;

/// <summary>What one simulated device sends, faults and all.</summary>
sealed class SimulatedFeed : DeviceFeed
{
    /// <summary>How long a late message is on its way, in seconds.</summary>
    public const long Lateness = 90 * 60;

    /// <summary>How far a wrong clock is ahead, in seconds.</summary>
    public const long ClockError = 365 * 86_400L;

    // What broken sensors say: all bits set, a lost one-wire bus, a microphone that clips. Every one is outside its quantity's valid range.
    static readonly double[] Impossible = [6553.5, -999.9, 6553.5, 6553.5, 300, 3276.7, 250, 0];

    static readonly int QuantityCount = Enum.GetValues<SimulatedQuantity>().Length;

    readonly DeviceField field;
    readonly DeviceFaults faults;
    readonly SenMlEncoder senMl;
    readonly AirRohrEncoder? airRohr;
    readonly int[] quantities;
    readonly long interval;
    readonly long end;
    readonly PayloadBuffer buffer = new();
    readonly PayloadBuffer lateBuffer = new();
    readonly Queue<(long SendTime, byte[] Payload, int Readings)> late = [];

    long measureTime;
    long currentTime;
    int currentReadings;
    bool repeat;
    bool repeatFlagged;

    /// <summary>Creates the feed of one device.</summary>
    /// <param name="device">Who sends.</param>
    /// <param name="number">The number of the device.</param>
    /// <param name="field">What it measures.</param>
    /// <param name="faults">What is wrong with it.</param>
    /// <param name="options">Interval and quantities.</param>
    /// <param name="first">The time of the first measurement, seconds since 1970.</param>
    /// <param name="end">No measurement is made at this time or later.</param>
    /// <param name="airRohr">Whether to send airRohr bodies rather than SenML.</param>
    public SimulatedFeed(
        SimulatedDevice device, int number, DeviceField field, DeviceFaults faults, FleetOptions options, long first, long end,
        bool airRohr)
        : base(device)
    {
        this.field = field;
        this.faults = faults;
        this.end = end;
        senMl = new SenMlEncoder(number);
        this.airRohr = airRohr ? new AirRohrEncoder(number) : null;
        quantities = [.. options.QuantitiesPerMessage.Select(quantity => (int)quantity).Distinct().Order()];
        interval = (long)options.Interval.TotalSeconds;
        measureTime = FirstOnTime(first);
    }

    /// <inheritdoc/>
    public override long NextSendTime =>
        repeat ? currentTime : Math.Min(measureTime, late.TryPeek(out var oldest) ? oldest.SendTime : Ended);

    /// <inheritdoc/>
    public override FeedMessage Next()
    {
        if (repeat)
        {
            repeat = false;
            Sent.Count(repeatFlagged ? FleetFault.Redelivery : FleetFault.Duplicate);
            return Count(buffer.Written, currentReadings, repeatFlagged);
        }
        if (late.TryPeek(out var oldest) && oldest.SendTime <= measureTime)
        {
            late.Dequeue();
            Sent.Count(FleetFault.Late);
            return Count(oldest.Payload, oldest.Readings, duplicate: false);
        }

        currentTime = measureTime;
        currentReadings = Write(buffer, currentTime, isLate: false);
        if (faults.Hits(FleetFault.Duplicate, currentTime))
        {
            repeat = true;
            repeatFlagged = faults.Choose(FleetFault.Duplicate, currentTime, 2) == 1;
        }
        measureTime = FirstOnTime(currentTime + interval);
        return Count(buffer.Written, currentReadings, duplicate: false);
    }

    FeedMessage Count(ReadOnlyMemory<byte> payload, int readings, bool duplicate)
    {
        Sent.Messages++;
        Sent.Readings += readings;
        return new FeedMessage(payload, duplicate);
    }

    /// <summary>
    /// The first measurement from <paramref name="time"/> on that is sent when it is made; puts aside the late ones before it.
    /// </summary>
    long FirstOnTime(long time)
    {
        for (; time < end; time += interval)
        {
            if (faults.IsSilent(time))
            {
                Sent.Count(FleetFault.DropOut);
            }
            else if (faults.Hits(FleetFault.Late, time))
            {
                var readings = Write(lateBuffer, time, isLate: true);
                late.Enqueue((time + Lateness, lateBuffer.Written.ToArray(), readings));
            }
            else
            {
                return time;
            }
        }
        return Ended;
    }

    /// <summary>Measures and encodes; returns the number of readings that a parser would find.</summary>
    int Write(PayloadBuffer target, long time, bool isLate)
    {
        Span<double> all = stackalloc double[QuantityCount];
        var isStuck = faults.IsStuck(time, out var since);
        field.Sample(isStuck ? since : time, all);
        if (isStuck) Sent.Count(FleetFault.StuckValue);

        Span<double> values = stackalloc double[QuantityCount];
        values.Fill(double.NaN);
        foreach (var quantity in quantities) values[quantity] = all[quantity];
        if (faults.Has(FleetFault.ConstantBias)) Bias(values);
        if (faults.Hits(FleetFault.OutOfRange, time))
        {
            var quantity = quantities[faults.Choose(FleetFault.OutOfRange, time, quantities.Length)];
            values[quantity] = Impossible[quantity];
            Sent.Count(FleetFault.OutOfRange);
        }

        var readings = airRohr is null ? senMl.Encode(target, ClockReads(time), values) : airRohr.Encode(target, values);
        // A late malformed message would only be counted twice, and teach nobody anything.
        if (isLate || !faults.Hits(FleetFault.Malformed, time)) return readings;
        MalformedPayloads.Break(target, (MalformedPayload)faults.Choose(FleetFault.Malformed, time, MalformedPayloads.Kinds));
        Sent.Count(FleetFault.Malformed);
        return 0;
    }

    long ClockReads(long time)
    {
        if (airRohr is not null || !faults.Has(FleetFault.ClockAhead)) return time;
        Sent.Count(FleetFault.ClockAhead);
        return time + ClockError;
    }

    void Bias(Span<double> values)
    {
        for (var quantity = 0; quantity <= (int)SimulatedQuantity.O3; quantity++) values[quantity] *= 1.8;
        values[(int)SimulatedQuantity.Laeq] += 8;
        values[(int)SimulatedQuantity.Temperature] += 4;
        Sent.Count(FleetFault.ConstantBias);
    }
}
