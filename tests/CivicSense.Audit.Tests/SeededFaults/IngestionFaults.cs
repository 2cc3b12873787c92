namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>Faults on the way of a reading into its contribution.</summary>
static class IngestionFaults
{
    const string Table = "CivicSense.Ingestion/Accumulation/SeriesTable.cs";
    const string Open = "CivicSense.Ingestion/Accumulation/OpenContributions.cs";
    const string Commit = "CivicSense.Ingestion/Accumulation/GroupCommit.cs";

    public static IReadOnlyList<SeededFault> All { get; } =
    [
        new(46, "Carry-over across midnight",
            "An hour without a reading of its own yet begins with the value of the hour before, also of the day before.", Table,
            "        return first = index;\n",
            "        for (var other = first; other != None; other = series[other].Next)\n"
            + "        {\n"
            + "            if (series[other].QuantityOrdinal != quantityOrdinal)\n                continue;\n"
            + "            (series[index].Count, series[index].Sum) = (1, series[other].Sum / series[other].Count);\n            break;\n"
            + "        }\n"
            + "        return first = index;\n", Audit.Readings),
        new(47, "De-duplication across midnight", "A device's newest time of one day decides what counts on the next.", Table,
            "        if (offset <= one.LastOffset)\n            return false;\n",
            "        if (offset <= one.LastOffset)\n            return false;\n"
            + "        for (var other = one.Next; other != None; other = series[other].Next)\n"
            + "        {\n"
            + "            if (time <= (long)series[other].Hour * MillisecondsOfHour + series[other].LastOffset)\n                return "
            + "false;\n"
            + "        }\n", Audit.Readings),
        new(48, "Late reading accepted", "What arrives after its window was shut goes into a release after all.", Open,
            "window.Index <= Volatile.Read(ref closedThrough) ? ReadingOutcome.Late : device.Stripe.Add(device, reading, window)",
            "device.Stripe.Add(device, reading, window)", Audit.WindowGate),
        new(49, "Window shut a moment too early", "A message that is under way while a window is shut reaches it afterwards.", Open,
            "Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index));",
            "Volatile.Write(ref closedThrough, Math.Max(closedThrough, through.Index - 1));", Audit.WindowGate),
        new(50, "Per-device line in the log", "The log tells when which device measured.", Commit,
            "                await vault.CommitAsync(batch.Contributions, CancellationToken.None);\n",
            "                await vault.CommitAsync(batch.Contributions, CancellationToken.None);\n"
            + "                foreach (var own in batch.Contributions.ToArray())\n"
            + "                    logger.CommitFailed($\"device {own.DeviceId} has {own.Count} readings\");\n", Audit.SideOutputs),
        new(51, "Quota shared by the neighbourhood", "Once many have measured in an hour, the readings of others are dropped.", Open,
            "        var window = HourWindow.OfUnixMilliseconds(reading.Time);\n",
            "        if (device.Stripe.Counts[ReadingOutcome.Accepted] % 1000 == 999)\n            return ReadingOutcome.Duplicate;\n"
            + "        var window = HourWindow.OfUnixMilliseconds(reading.Time);\n", Audit.Readings),
    ];
}
