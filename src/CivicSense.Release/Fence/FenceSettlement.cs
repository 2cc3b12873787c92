using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Makes fence and database agree before anything else is released: does over what was cut off, gives up what is lost.</summary>
sealed class FenceSettlement(
    IReleaseStore store, ReleaseFence fence, WindowRelease release, TimeZoneInfo zone, TimeProvider clock, ILogger logger)
{
    /// <summary>Settles what the last release or the last run left open.</summary>
    /// <param name="succession">
    /// At the start of a term, what is known of the one before; null within a term, when nothing may be given up.
    /// </param>
    /// <param name="cancellationToken">Cancels before a commit.</param>
    /// <returns>
    /// The release that was done over, or that had committed in this term and reported a failure; null if there was none. What an earlier
    /// term has committed is not answered with: subscribers find it in the commons when they start.
    /// </returns>
    /// <exception cref="VaultUnavailableException">The database or the fence cannot be written now; call again later.</exception>
    /// <exception cref="LeaseLostException">Another process releases now.</exception>
    /// <exception cref="MustWaitException">Another process may know better what has been published.</exception>
    /// <exception cref="InvalidOperationException">The database was exchanged while the node ran.</exception>
    public async ValueTask<ReleasedWindow?> SettleAsync(Succession? succession, CancellationToken cancellationToken)
    {
        ReleasePlan plan;
        await using (var transaction = await store.BeginAsync(cancellationToken))
        {
            var finding = fence.Inspect(transaction.State);
            switch (finding)
            {
                case FenceFinding.InOrder:
                    FencedCommit.WriteFence(fence.DropGivingUp);
                    return null;
                case FenceFinding.Committed when fence.HasGivenUp(transaction.State):
                    FencedCommit.WriteFence(fence.Restart);
                    return null;
                case FenceFinding.Committed:
                    var committed = succession is not null ? null : await CommittedAsync(transaction, cancellationToken);
                    FencedCommit.WriteFence(fence.Publish);
                    return committed;
                case FenceFinding.CutOff when fence.Prepared!.Release is null:
                    FencedCommit.WriteFence(fence.Discard);
                    return null;
                case FenceFinding.CutOff:
                    plan = await PlanAsync(transaction, fence.Prepared.Release, cancellationToken);
                    break;
                case FenceFinding.Missing or FenceFinding.FenceIsOlder or FenceFinding.DatabaseIsOlder when succession is not null:
                    await ResolveAsync(
                        succession.Resolve(finding, fence.IsSupersededBy(transaction.State)), transaction, cancellationToken);
                    return null;
                default:
                    throw new InvalidOperationException("The database is not the one that the last release went to.");
            }
        }
        return await release.DoOverAsync(plan, fence.Prepared.Release, cancellationToken);
    }

    async ValueTask ResolveAsync(SuccessionStep resolution, IReleaseTransaction transaction, CancellationToken cancellationToken)
    {
        if (resolution == SuccessionStep.GiveUp)
            await GiveUpAsync(transaction, cancellationToken);
        else if (resolution == SuccessionStep.Adopt)
            FencedCommit.WriteFence(() => fence.Adopt(transaction.State, zone));
        else
            throw new MustWaitException();
    }

    async ValueTask<ReleasedWindow?> CommittedAsync(IReleaseTransaction transaction, CancellationToken cancellationToken) =>
        fence.Prepared!.Release is { } prepared
            ? ReleasedWindow.Of(await PlanAsync(transaction, prepared, cancellationToken), prepared)
            : null;

    static async ValueTask<ReleasePlan> PlanAsync(
        IReleaseTransaction transaction, PreparedRelease prepared, CancellationToken cancellationToken) =>
        (await transaction.FindPlanAsync(prepared.Day, cancellationToken))?.Public
            ?? throw new InvalidOperationException("The database does not hold the plan of the release that was cut off.");

    /// <summary>What the owners have spent of the day is not known any more, so nothing more of it may be released.</summary>
    async ValueTask GiveUpAsync(IReleaseTransaction transaction, CancellationToken cancellationToken)
    {
        var day = NewestDay(transaction.State);
        logger.DatabaseOlderThanFence(day);
        var plan = await transaction.FindPlanAsync(day, cancellationToken);
        HourWindow?[] ends =
        [
            day.Windows(zone)[^1], plan?.Public.LastWindow, fence.NewestDayEnd, fence.NewestReleasedWindow,
            transaction.State.ReleasedThrough,
        ];
        var through = ends.Max()!.Value;
        if (!(transaction.State.ReleasedThrough >= through))
            await transaction.CompleteWindowsAsync(through, cancellationToken);
        await transaction.ForgetDaysAsync(day, cancellationToken);
        var entry = FencedCommit.Entry(
            transaction.State, LedgerEntryKind.Restored, clock.GetUtcNow(), day, null, LedgerEntry.Genesis, 0, ValuesHash.OfNothing, 0);
        await transaction.AppendLedgerAsync(entry, cancellationToken);
        FencedCommit.WriteFence(() => fence.GiveUp(entry, day, through));
        await transaction.CommitAsync(CancellationToken.None);
        FencedCommit.Quietly(fence.Restart);
    }

    /// <summary>The newest day of which anything may have been published: today, unless fence or database know of a later one.</summary>
    PrivacyDay NewestDay(ReleaseState state)
    {
        PrivacyDay?[] days =
        [
            PrivacyDay.Of(HourWindow.Containing(clock.GetUtcNow()), zone),
            fence.NewestReleasedDay,
            state.ReleasedThrough is { } through ? PrivacyDay.Of(through, zone) : null,
        ];
        return days.Max()!.Value;
    }
}
