namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>Faults between the vault and the commons: what goes into the mechanism, what comes out, when, and how often.</summary>
static class ReleaseFaults
{
    const string Sums = "CivicSense.Release/Windows/WindowSums.cs";
    const string Window = "CivicSense.Release/Windows/WindowRelease.cs";
    const string Store = "CivicSense.Storage/Sqlite/Release/SqliteReleaseTransaction.cs";

    /// <summary>Where a window's noisy values enter what is published.</summary>
    const string Values = "Publish(mechanism, sums.Sums), [.. baselines]";

    public static IReadOnlyList<SeededFault> All { get; } =
    [
        new(25, "Budget reset at restart", "What owners have spent is kept in memory only, so a restart gives them a fresh budget.", Window,
            "await transaction.ReadBudgetsAsync(day, cancellationToken),", "Kept.GetOrCreateValue(plan),", Audit.ReplayOfIncidents)
        {
            Further =
            [
                ("    PreparedRelease? drawn;\n",
                    "    PreparedRelease? drawn;\n"
                    + "    static readonly System.Runtime.CompilerServices.ConditionalWeakTable<\n"
                    + "        PrivatePlan, Dictionary<int, long>> Kept = [];\n"),
                ("        ImmutableArray<long> activity = [];\n",
                    "        foreach (var (owner, left) in sums.Budgets)\n            Kept.GetOrCreateValue(plan)[owner] = left;\n"
                    + "        ImmutableArray<long> activity = [];\n"),
            ],
        },
        new(26, "Budget not written", "Every hour begins with a fresh budget.", Window,
            "await transaction.WriteBudgetsAsync(prepared.Day, prepared.Budgets, cancellationToken);", "", Audit.NeighbouringDays),
        new(27, "Budget per area instead of per owner", "An owner with devices in two areas spends the budget twice.", Sums,
            "var clipped = mechanism.Clip(ownerDays, new OwnerDayWindow(budgets, residuals));",
            """
            var parts = residuals.GroupBy(residual => residual.Key / plan.Public.Quantities.Length)
                .Select(area => mechanism.Clip(ownerDays, new OwnerDayWindow(budgets, [.. area]))).ToArray();
            var clipped = new ClippedWindow(
                [
                    .. Enumerable.Range(0, plan.Public.KeyCount)
                        .Select(key => parts.Aggregate(Int128.Zero, (sum, part) => sum + part.Sums[key])),
                ],
                parts.SelectMany(part => part.Remaining).GroupBy(left => left.Key)
                    .ToDictionary(own => own.Key, own => own.Min(left => left.Value)));
            """, Audit.WindowRelease),
        new(28, "Budget per device instead of per owner", "A household with many devices spends the budget many times.",
            "CivicSense.Release/Planning/PlanBuilder.cs",
            "new PlannedDevice(device.Id, device.OwnerId,", "new PlannedDevice(device.Id, device.Id,", Audit.Plan),
        new(29, "Count as public divisor", "The published value is divided by how many measured, which nobody may know.", Window,
            Values, "[.. Publish(mechanism, sums.Sums).Select(value => value / Math.Max(1, sums.ActiveOwners.Count))], [.. baselines]",
            Audit.WindowRelease),
        new(30, "Suppression on the raw count", "An area in which fewer than five measured shows a zero.", Window,
            Values,
            "[.. Publish(mechanism, sums.Sums).Select((value, key) =>\n"
            + "sums.ActiveOwners.Count(owner => owner.AreaIndex == key / plan.Public.Quantities.Length) < 5 ? 0 : value)], [.. baselines]",
            Audit.WindowRelease),
        new(31, "Key emitted only where data exists", "An area in which nobody measured has no row.", Window,
            "await transaction.WriteMeasurementsAsync(released.Measurements, cancellationToken);",
            "await transaction.WriteMeasurementsAsync(\n"
            + "[.. released.Measurements.Where(value =>\n"
            + "prepared.ActiveOwners.Any(owner => plan.Areas[owner.AreaIndex].Area == value.Area))], "
            + "cancellationToken);",
            Audit.WindowRelease),
        new(32, "Activity published without noise", "The exact number of active owners is public.", Window,
            "activity = Publish(mechanism, ActivitySums(", "activity = Exact(mechanism, ActivitySums(", Audit.WindowRelease)
        {
            Further =
            [
                ("    static ImmutableArray<LedgerEntry> Entries(",
                    "    static ImmutableArray<long> Exact(OwnerDayMechanism mechanism, IReadOnlyList<Int128> sums) => "
                    + "[.. sums.Select(value => (long)value)];\n\n    static ImmutableArray<LedgerEntry> Entries("),
            ],
        },
        new(33, "Baseline fed with exact sums", "The next hour's baseline, which is public, follows the private sums of this hour.", Window,
            "        baseline.Predict(plan, window, baselines);\n",
            "        baseline.Predict(plan, window, baselines);\n"
            + "        for (var key = 0; key < Math.Min(exact.Length, baselines.Length); key++)\n"
            + "            baselines[key] *= Math.Exp(exact[key] / 10);\n", Audit.NeighbouringDays)
        {
            Further =
            [
                ("    PreparedRelease? drawn;\n", "    PreparedRelease? drawn;\n    double[] exact = [];\n"),
                ("    static async ValueTask<PreparedRelease> DrawAsync(", "    async ValueTask<PreparedRelease> DrawAsync("),
                ("        ImmutableArray<long> activity = [];\n",
                    "        exact = [.. sums.Sums.Select(sum => (double)sum / mechanism.Grid)];\n"
                    + "        ImmutableArray<long> activity = [];\n"),
            ],
        },
        new(34, "Neighbour-based outlier test", "Whether one owner's value counts depends on the values of the others.", Sums,
            "|| !double.IsFinite(contribution.Mean))",
            "|| !double.IsFinite(contribution.Mean)\n"
            + "|| contribution.Mean > 3 * contributions.Where(other => other.QuantityOrdinal == contribution.QuantityOrdinal)"
            + ".Average(other => other.Mean))",
            Audit.WindowRelease),
        new(35, "Data-dependent cap", "The cap of an hour follows the values of the hour.", Sums,
            "            residuals.Add(new OwnerDayResidual(",
            "            var cap = contributions.Where(other => other.QuantityOrdinal == planned.Quantity.Ordinal)\n"
            + "                .Average(other => Math.Log(1 + Math.Abs(other.Mean))) / 4;\n"
            + "            residual = Math.Clamp(residual, -cap, cap);\n"
            + "            residuals.Add(new OwnerDayResidual(",
            Audit.WindowRelease),
        new(36, "Release areas from who was active", "Who measured in the hour before decides which areas there are.",
            "CivicSense.Release/Planning/PlanFixing.cs",
            "await transaction.ReadDevicesAsync(cancellationToken)",
            "[.. (await transaction.ReadDevicesAsync(cancellationToken))\n"
            + ".Where(device => active.Count == 0 || active.Contains(device.Id))]", Audit.Schedule)
        {
            Further =
            [
                ("            var plan = new PlanBuilder(options)",
                    "            var active = (await transaction.ReadContributionsAsync(\n"
                    + "                new HourWindow(earliest.Index - 1), cancellationToken))"
                    + ".Select(own => own.DeviceId).ToHashSet();\n            var plan = new PlanBuilder(options)"),
            ],
        },
        new(37, "Areas of four households", "The smallest group among whom a household hides is smaller than stated.",
            "CivicSense.Release/Planning/AreaMerging.cs",
            "if (group.Owners.Count >= minimumOwners) areas.Add(cell, group);",
            "if (group.Owners.Count >= minimumOwners - 1) areas.Add(cell, group);", Audit.Plan),
        new(38, "Re-release of a late window", "The store lets a window be released again, with fresh noise and with what arrived late.",
            Store,
            "INSERT INTO measurement (", "INSERT OR REPLACE INTO measurement (", Audit.WindowRelease)
        {
            Further = [("if (through <= releasedThrough)", "if (through < releasedThrough)")],
        },
        new(39, "The last window once more after a restart", "A node that was restarted releases its newest window again.",
            "CivicSense.Release/Schedule/ReleaseCycle.cs",
            "return earlier;", "return new HourWindow(earlier.Index - 1);", Audit.Schedule),
        new(40, "Redraw after a failed commit", "A release that was cut off is drawn anew, though the first draw may have been seen.",
            "CivicSense.Release/Fence/FenceSettlement.cs",
            "case FenceFinding.CutOff when fence.Prepared!.Release is null:", "case FenceFinding.CutOff when fence.Prepared is not null:",
            Audit.Fence),
        new(41, "Redraw when the fence could not be written", "Whether a file can be written chooses among draws.", Window,
            "        drawn = prepared;\n", "        drawn = null;\n", Audit.ReplayOfIncidents),
        new(42, "Fence ignored", "A restored backup releases windows again that are public already.",
            "CivicSense.Release/Fence/ReleaseFence.cs",
            "        if (record is null)\n            return state.LedgerLength == 0 ?",
            "        if (record is not null)\n            return FenceFinding.InOrder;\n        if (record is null)\n"
            + "            return state.LedgerLength == 0 ?", Audit.Fence),
        new(43, "Contributions kept after their release", "What was released can be released again, and lies on disk for ever.", Store,
            """session.Prepare("DELETE FROM vault_contribution WHERE key < ?1").Bind(1, ContributionKey.First(through.Next)).Run();""", "",
            Audit.Schedule),
        new(44, "Day taken in UTC",
            "The budget of an owner-day begins anew in the middle of a civil day, and of a day of 25 hours one has its own.",
            "CivicSense.Release/Schedule/ReleaseCycle.cs",
            "var day = PrivacyDay.Of(window, zone);", "var day = PrivacyDay.Of(window, TimeZoneInfo.Utc);", Audit.Schedule),
        new(45, "Per-area counter in the metrics", "How many measured in each area can be read at the metrics.", Window,
            "        ImmutableArray<long> activity = [];\n",
            "        foreach (var area in sums.ActiveOwners.GroupBy(owner => owner.AreaIndex))\n"
            + "            Active.Add(area.Count(), new KeyValuePair<string, object?>(\"area\", area.Key));\n"
            + "        ImmutableArray<long> activity = [];\n", Audit.SideOutputs)
        {
            Further =
            [
                ("    PreparedRelease? drawn;\n",
                    "    PreparedRelease? drawn;\n    static readonly System.Diagnostics.Metrics.Counter<long> Active =\n"
                    + "        new System.Diagnostics.Metrics.Meter(\"CivicSense.Release\").CreateCounter<long>(\"active_owners\");\n"),
            ],
        },
        new(52, "Redraw after the next day's plan",
            "A window that could not be noted in the fence is drawn anew once the ledger has a new entry.",
            Window, "var prepared = kept is null", "var prepared = kept is null || kept.PreviousHead != transaction.State.LedgerHead",
            Audit.ReplayOfIncidents)
        {
            Further =
            [
                ("kept is null ? await BaselinesAsync(plan.Public, window, cancellationToken) : []",
                    "await BaselinesAsync(plan.Public, window, cancellationToken)"),
            ],
        },
        new(53, "Calibration with a neighbour's humidity",
            "A household's value is calibrated with the humidity that other households of the area measured.",
            "CivicSense.Vault/Calibration/OwnCalibration.cs",
            "OwnerOf(PlannedDevice device) => new(device.OwnerId, device.AreaIndex);",
            "OwnerOf(PlannedDevice device) => new(0, device.AreaIndex);", Audit.WindowRelease),
        new(54, "Humidity carried over midnight",
            "A household's value is calibrated with the humidity that it measured in an earlier hour, also of the day before.",
            "CivicSense.Vault/Calibration/OwnCalibration.cs",
            "    readonly Dictionary<ActiveOwner, (double Sum, int Devices)> ofOwner = [];",
            "    static readonly Dictionary<ActiveOwner, (double Sum, int Devices)> ofOwner = [];", Audit.NeighbouringDays),
        new(55, "Pace from another household's budget",
            "How much a household may add in an hour follows what others have left of their day.", Sums,
            "var left = budgets.TryGetValue(coordinate.OwnerId, out var stored) ? stored :",
            "var left = budgets.Count > 0 ? budgets.Values.Min() :", Audit.WindowRelease),
    ];
}
