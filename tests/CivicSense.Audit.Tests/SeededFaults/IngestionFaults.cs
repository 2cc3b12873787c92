namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>Faults on the way of a reading into its contribution.</summary>
static class IngestionFaults
{
    const string Accumulator = "CivicSense.Ingestion/Accumulation/DeviceAccumulator.cs";
    const string Open = "CivicSense.Ingestion/Accumulation/OpenContributions.cs";
    const string Commit = "CivicSense.Ingestion/Accumulation/GroupCommit.cs";

    public static IReadOnlyList<SeededFault> All { get; } =
    [
        new(46, "Carry-over across midnight",
            "An hour without a reading of its own yet begins with the value of the hour before, also of the day before.", Accumulator,
            "LastTime = long.MinValue });\n",
            "LastTime = long.MinValue, Count = Carried(reading.QuantityOrdinal).Count > 0 ? 1 : 0, "
            + "Sum = Carried(reading.QuantityOrdinal) is { Count: > 0 } last ? last.Sum / last.Count : 0 });\n", Audit.Readings)
        {
            Further =
            [
                ("    int Append(in Slot slot)\n",
                    "    Slot Carried(byte quantity) => slots[..count].LastOrDefault(slot => slot.QuantityOrdinal == quantity);\n\n"
                    + "    int Append(in Slot slot)\n"),
            ],
        },
        new(47, "De-duplication across midnight", "A device's newest time of one day decides what counts on the next.", Accumulator,
            "if (reading.Time <= slot.LastTime)", "if (reading.Time <= slots[..count].Max(other => other.LastTime))", Audit.Readings),
        new(48, "Late reading accepted", "What arrives after its window was shut goes into a release after all.", Open,
            "window.Index <= Volatile.Read(ref closedThrough) ? ReadingOutcome.Late : device.Add(reading, window)",
            "device.Add(reading, window)", Audit.WindowGate),
        new(49, "Window shut a moment too early", "A message that is under way while a window is shut reaches it afterwards.", Open,
            "Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index));",
            "Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index - 1));", Audit.WindowGate),
        new(50, "Per-device line in the log", "The log tells when which device measured.", Commit,
            "                await vault.CommitAsync(batch.WrittenMemory, CancellationToken.None);\n",
            "                await vault.CommitAsync(batch.WrittenMemory, CancellationToken.None);\n"
            + "                foreach (var own in batch.WrittenMemory.ToArray())\n"
            + "                    logger.CommitFailed($\"device {own.DeviceId} has {own.Count} readings\");\n", Audit.SideOutputs),
        new(51, "Quota shared by the neighbourhood", "Once many have measured in an hour, the readings of others are dropped.", Open,
            "        var window = HourWindow.OfUnixMilliseconds(reading.Time);\n",
            "        if (statistics.Accepted % 1000 == 999)\n            return ReadingOutcome.Duplicate;\n"
            + "        var window = HourWindow.OfUnixMilliseconds(reading.Time);\n", Audit.Readings),
    ];
}
