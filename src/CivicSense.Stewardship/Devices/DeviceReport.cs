using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Stewardship;

/// <summary>Puts together what the holder of one device is shown, from the vault's open hours of it and from what is public.</summary>
sealed class DeviceReport(IVault vault, ICommons commons, TimeProvider time, StewardshipOptions options)
{
    /// <summary>Public estimates older than this before an hour say nothing about it any more.</summary>
    const int EstimateHours = 48;

    /// <summary>More open hours there are only while releases wait; then the newest are shown.</summary>
    const int MostHours = 12;

    /// <summary>Reads the report of a device that has been signed in to.</summary>
    /// <param name="device">The device.</param>
    /// <param name="words">The language of its words.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    public async ValueTask<DeviceView> ReadAsync(Device device, PrivateWords words, CancellationToken cancellationToken)
    {
        var open = await vault.ReadOpenHoursAsync(device.Id, cancellationToken);
        var now = time.GetUtcNow();
        var windows = Windows(open, now);
        var plans = await ReadPlansAsync(windows, cancellationToken);
        var hours = windows.ToDictionary(
            window => window, window => DeviceHour.Of(device, open, window, DayOf(window), plans[DayOf(window)]));
        var (area, names) = await FindAreaAsync(device, hours[windows[0]], cancellationToken);
        var estimates = await ReadEstimatesAsync(area, hours.Values, windows, cancellationToken);

        return new DeviceView(
            new DeviceIdentity(device.Name, device.Model == DeviceModel.Unknown ? null : device.Model),
            now.UtcDateTime, options.TimeZone.Id,
            DeviceState.Of(open, now, words),
            area is { } own ? new AreaView(own.QuadKey, new AreaLabels(names!, words.Language)[own]) : null,
            open.ReleasedThrough?.End.UtcDateTime,
            [
                .. windows.Select(window => new HourView(
                    window.Start.UtcDateTime, window.End.UtcDateTime, (window.End + options.Lateness).UtcDateTime, hours[window].TakesPart,
                    [.. hours[window].Values.Select(value => value.Show(Newest(estimates, value.Quantity, window), words))])),
            ]);
    }

    /// <summary>The open windows, the newest first; also those in which the device was silent.</summary>
    static List<HourWindow> Windows(OpenHours open, DateTimeOffset now)
    {
        var held = open.Contributions.Select(contribution => contribution.Window).Append(HourWindow.Containing(now)).ToList();
        var newest = held.Max();
        var oldest = Math.Max(open.ReleasedThrough?.Next.Index ?? held.Min().Index, newest.Index - MostHours + 1);
        return [.. Enumerable.Range(0, (int)Math.Max(1, newest.Index - oldest + 1)).Select(back => new HourWindow(newest.Index - back))];
    }

    PrivacyDay DayOf(HourWindow window) => PrivacyDay.Of(window, options.TimeZone);

    async ValueTask<Dictionary<PrivacyDay, ReleasePlan?>> ReadPlansAsync(List<HourWindow> windows, CancellationToken cancellationToken)
    {
        var plans = new Dictionary<PrivacyDay, ReleasePlan?>();
        foreach (var day in windows.Select(DayOf).Distinct())
            plans[day] = await commons.FindPlanAsync(day, cancellationToken);
        return plans;
    }

    /// <summary>
    /// The release area that the newest plan gives the device; where it is in none yet, the one that its place lies in.
    /// </summary>
    async ValueTask<(Area? Area, AreaNames? Names)> FindAreaAsync(Device device, DeviceHour newest, CancellationToken cancellationToken)
    {
        if (newest.Area is { } planned)
            return (planned, AreaNames.Of(newest.Plan!));
        if (await commons.FindLatestPlanAsync(cancellationToken) is not { } plan)
            return (null, null);
        var around = plan.Areas.Select(candidate => candidate.Area).Where(candidate => candidate.Contains(device.Place)).ToList();
        return around.Count == 0 ? (null, null) : (around.MaxBy(candidate => candidate.Zoom), AreaNames.Of(plan));
    }

    async ValueTask<Dictionary<Quantity, IReadOnlyList<Estimate>>> ReadEstimatesAsync(
        Area? area, IEnumerable<DeviceHour> hours, List<HourWindow> windows, CancellationToken cancellationToken)
    {
        var estimates = new Dictionary<Quantity, IReadOnlyList<Estimate>>();
        if (area is not { } own)
            return estimates;
        var (from, until) = (windows[^1].Start.AddHours(-EstimateHours), windows[0].End);
        foreach (var quantity in hours.SelectMany(hour => hour.Values).Select(value => value.Quantity).Distinct())
        {
            estimates[quantity] = await commons.ReadEstimatesAsync(
                new EstimateQuery(own, quantity, Resolution.Hour, from, until, int.MaxValue), cancellationToken);
        }
        return estimates;
    }

    static Estimate? Newest(Dictionary<Quantity, IReadOnlyList<Estimate>> estimates, Quantity quantity, HourWindow window) =>
        estimates.GetValueOrDefault(quantity)?.LastOrDefault(
            estimate => estimate.Start <= window.Start && estimate.Start >= window.Start.AddHours(-EstimateHours));
}
