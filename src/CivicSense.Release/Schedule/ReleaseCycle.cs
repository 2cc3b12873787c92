using System.Runtime.CompilerServices;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Takes one window after the other from the vault through the mechanism into the commons: the only door.</summary>
/// <remarks>
/// Calling protocol: <see cref="StartAsync"/> once, then <see cref="ReleaseDueAsync"/> whenever time has passed; never two calls at once.
/// Everything about one window (measurements, ledger entry, spent budgets, deletion of the contributions) is one transaction, and the
/// fence is written before it commits.
/// </remarks>
public sealed class ReleaseCycle : IReleaseSchedule
{
    readonly IReleaseStore store;
    readonly IWindowGate gate;
    readonly IReleaseSubscriber subscriber;
    readonly ReleaseFence fence;
    readonly ReleaseOptions options;
    readonly TimeProvider clock;
    readonly ILogger<ReleaseCycle> logger;
    readonly TimeZoneInfo zone;
    readonly PlanFixing plans;
    readonly WindowRelease release;
    readonly FenceSettlement settlement;
    volatile StrongBox<HourWindow>? newestDone;
    (PrivacyDay Day, PrivatePlan? Plan, OwnerDayMechanism? Mechanism)? current;

    /// <summary>Puts a cycle together; nothing is read before <see cref="StartAsync"/>.</summary>
    /// <exception cref="ArgumentException">The options are not valid; the message says which and why.</exception>
    public ReleaseCycle(
        IReleaseStore store, IWindowGate gate, IPublicBaseline baseline, IReleaseSubscriber subscriber, ReleaseFence fence,
        ReleaseOptions options, TimeProvider clock, ILogger<ReleaseCycle> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        (this.store, this.gate, this.subscriber, this.fence) = (store, gate, subscriber, fence);
        (this.options, this.clock, this.logger) = (options, clock, logger);
        zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        plans = new PlanFixing(store, fence, options, clock, logger);
        release = new WindowRelease(store, baseline, fence, options.Lateness);
        settlement = new FenceSettlement(store, fence, release, zone, clock, logger);
    }

    /// <summary>Makes the mechanism of a plan. A test puts in one whose answers it has recorded.</summary>
    internal Func<ReleasePlan, OwnerDayMechanism> MechanismOf { get; set; } = WindowRelease.MechanismOf;

    /// <inheritdoc/>
    public ReleaseProgress Progress { get; private set; } = new(0, 0, null);

    /// <inheritdoc/>
    public bool IsReleasing { get; private set; }

    /// <summary>The newest window that has been dealt with. In a box, so that other threads never see half of it.</summary>
    HourWindow? ReleasedThrough
    {
        get => newestDone?.Value;
        set => newestDone = value is { } window ? new StrongBox<HourWindow>(window) : null;
    }

    /// <summary>When the next window will be dealt with, by the cycle's clock; null before the start.</summary>
    public DateTimeOffset? NextDue => ReleasedThrough?.Next.End + options.Lateness;

    /// <summary>Compares the database with the fence, begins where the last run ended, and fixes the plan that is due.</summary>
    /// <exception cref="VaultUnavailableException">The database cannot be written now.</exception>
    /// <exception cref="LeaseLostException">Another process releases.</exception>
    public ValueTask StartAsync(CancellationToken cancellationToken) =>
        BeginTermAsync(Succession.OfNobody, static _ => ValueTask.CompletedTask, cancellationToken);

    /// <summary>The same where other processes may have released before.</summary>
    /// <param name="succession">What is known of that.</param>
    /// <param name="restore">Rebuilds what follows the releases; called when no release is in doubt any more.</param>
    /// <param name="cancellationToken">Cancels before a commit.</param>
    /// <exception cref="MustWaitException">Another process may know better what has been published.</exception>
    internal async ValueTask BeginTermAsync(
        Succession succession, Func<CancellationToken, ValueTask> restore, CancellationToken cancellationToken)
    {
        var doneOver = await settlement.SettleAsync(succession, cancellationToken);
        await restore(cancellationToken);
        await using (var transaction = await store.BeginAsync(cancellationToken))
            ReleasedThrough = await BeginAsync(transaction, cancellationToken);
        await gate.CloseAsync(ReleasedThrough.Value, cancellationToken);
        if (doneOver is not null)
            await TellAsync(doneOver, cancellationToken);
        await FixPlansAheadAsync(cancellationToken);
    }

    /// <summary>Releases every window whose time has come, oldest first, and fixes the plans that are due.</summary>
    /// <returns>How many windows were dealt with.</returns>
    /// <exception cref="VaultUnavailableException">The database cannot be written now; call again later.</exception>
    /// <exception cref="LeaseLostException">Another process releases now. Do not go on.</exception>
    /// <exception cref="InvalidOperationException">Something was about to be released twice. Do not go on.</exception>
    public async ValueTask<int> ReleaseDueAsync(CancellationToken cancellationToken)
    {
        if (ReleasedThrough is null)
            throw new InvalidOperationException("StartAsync must come first.");
        var done = 0;
        done += await SettleAsync(cancellationToken);
        await FixPlansAheadAsync(cancellationToken);
        while (NextDue <= clock.GetUtcNow())
        {
            IsReleasing = true;
            try
            {
                await plans.FixAsync(ReleasedThrough.Value, cancellationToken);
                await DealWithAsync(ReleasedThrough.Value.Next, cancellationToken);
            }
            finally
            {
                IsReleasing = false;
            }
            done++;
        }
        return done;
    }

    /// <summary>
    /// By event time nobody knows whether another day will come, so its plan, which costs privacy, waits for the day's first window.
    /// </summary>
    async ValueTask FixPlansAheadAsync(CancellationToken cancellationToken)
    {
        if (options.Clock == ClockMode.Wall)
            await plans.FixAsync(ReleasedThrough!.Value, cancellationToken);
    }

    /// <summary>The hour in which a node first starts is incomplete and belongs to no plan, so the release begins after it.</summary>
    async ValueTask<HourWindow> BeginAsync(IReleaseTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.State.ReleasedThrough is { } earlier)
            return earlier;
        var before = new HourWindow(HourWindow.Containing(clock.GetUtcNow()).Index - 1);
        await transaction.CompleteWindowsAsync(before, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return before;
    }

    /// <summary>Nothing new is released or fixed before the last release is known to be whole.</summary>
    async ValueTask<int> SettleAsync(CancellationToken cancellationToken)
    {
        if (!fence.IsUnsettled)
            return 0;
        IsReleasing = true;
        try
        {
            // What only the fence could not be told of has been told to the subscriber already.
            if (await settlement.SettleAsync(succession: null, cancellationToken) is not { } settled || settled.Window <= ReleasedThrough)
                return 0;
            await TellAsync(settled, cancellationToken);
            return 1;
        }
        finally
        {
            IsReleasing = false;
        }
    }

    async ValueTask DealWithAsync(HourWindow window, CancellationToken cancellationToken)
    {
        var absent = await gate.CloseAsync(window, cancellationToken);
        var (plan, mechanism) = await PlanOfAsync(window, cancellationToken);
        if (plan is null || mechanism is null || window < plan.Public.FirstWindow || window > plan.Public.LastWindow)
        {
            ReleasedThrough = await SkipAsync(window, plan, cancellationToken);
            return;
        }

        await TellAsync(await release.ReleaseAsync(plan, mechanism, window, absent, cancellationToken), cancellationToken);
    }

    async ValueTask TellAsync(ReleasedWindow released, CancellationToken cancellationToken)
    {
        ReleasedThrough = released.Window;
        Progress = new ReleaseProgress(
            Progress.Windows + 1, Progress.Keys + released.Measurements.Length + released.Activity.Length, released.Window);
        logger.WindowReleased(released.Window, released.Measurements.Length);
        try
        {
            await subscriber.WindowReleasedAsync(released.Plan, released.Window, released.Measurements, cancellationToken);
        }
        finally
        {
            // The release is done and will not come again, so the day is told of even where telling of its last window failed.
            if (released.Activity.Length > 0)
            {
                logger.DayClosed(released.Plan.Day);
                await subscriber.DayReleasedAsync(released.Plan, released.Activity, cancellationToken);
            }
        }
    }

    async ValueTask<(PrivatePlan? Plan, OwnerDayMechanism? Mechanism)> PlanOfAsync(HourWindow window, CancellationToken cancellationToken)
    {
        var day = PrivacyDay.Of(window, zone);
        if (current is not { } known || known.Day != day || known.Plan is null)
        {
            await using var transaction = await store.BeginAsync(cancellationToken);
            var plan = await transaction.FindPlanAsync(day, cancellationToken);
            // In another zone a window could belong to a day whose budgets are already forgotten; by another clock what the plan says is
            // not kept.
            if (plan is not null && (plan.Public.TimeZone != options.TimeZone || plan.Public.Clock != options.Clock))
            {
                throw new InvalidOperationException(
                    $"The plan of {day} was made for the time zone {plan.Public.TimeZone} and the {plan.Public.Clock} clock, "
                    + "and the node is set to "
                    + $"{options.TimeZone} and {options.Clock}. Set it back.");
            }
            current = known = (day, plan, plan is null ? null : MechanismOf(plan.Public));
        }
        return (known.Plan, known.Mechanism);
    }

    /// <summary>Deletes what no plan covers. Where a whole day has no plan, its past windows go in one step.</summary>
    async ValueTask<HourWindow> SkipAsync(HourWindow window, PrivatePlan? plan, CancellationToken cancellationToken)
    {
        var through = window;
        if (plan is null)
        {
            foreach (var later in PrivacyDay.Of(window, zone).Windows(zone))
            {
                if (later > through && later.End + options.Lateness <= clock.GetUtcNow())
                    through = later;
            }
            await gate.CloseAsync(through, cancellationToken);
        }
        await using var transaction = await store.BeginAsync(cancellationToken);
        fence.RequireSameDatabase(transaction.State);
        await transaction.CompleteWindowsAsync(through, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return through;
    }
}

/// <summary>What a release cycle has done since it started.</summary>
/// <param name="Windows">Windows released.</param>
/// <param name="Keys">Noisy values released.</param>
/// <param name="Newest">The newest window released.</param>
public sealed record ReleaseProgress(int Windows, long Keys, HourWindow? Newest);
