namespace CivicSense.Audit.Tests.Replay;

/// <summary>The same things happen to the node on both data sets; none of them makes the owner-day visible.</summary>
public sealed class IncidentTests
{
    static DateTimeOffset At(Neighbourhood place, int window, int minute) => place.Windows[window].Start.AddMinutes(minute);

    [Fact]
    public void A_restart_in_the_middle_of_the_day_gives_nobody_a_second_budget() =>
        ReplayAudit.ForAll(async (place, _) => await ReplayAudit.AssertAbsentAsync(
            Traffic.Generate(place.WithTarget(Temperament.High)),
            Incident.Restart(At(place, 5, 31)), Incident.Restart(At(place, 11, 5)), Incident.Restart(At(place, 17, 59))));

    [Fact]
    public void A_release_that_is_cut_off_before_its_commit_is_done_over_with_the_same_values() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High));
            Incident[] incidents = [Incident.CutOff(At(place, 7, 5), Interruption.BeforeCommit), Incident.Restart(At(place, 7, 12))];
            var (recorded, _, _) = await ReplayAudit.AssertAsync(data, data.WithoutOwnerDay(), ownerDays: 1, incidents);
            Assert.Single(recorded.Failures);
        });

    [Fact]
    public void A_commit_whose_answer_is_lost_is_not_done_twice() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High));
            Incident[] incidents =
            [
                Incident.CutOff(At(place, 7, 5), Interruption.AfterCommit), Incident.Restart(At(place, 7, 12)),
                Incident.CutOff(At(place, 9, 5), Interruption.AfterCommit),
            ];
            var (recorded, _, _) = await ReplayAudit.AssertAsync(data, data.WithoutOwnerDay(), ownerDays: 1, incidents);
            Assert.Equal(2, recorded.Failures.Count);
        });

    [Fact]
    public void A_fence_that_cannot_be_written_does_not_choose_among_draws() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High));
            var (recorded, _, _) = await ReplayAudit.AssertAsync(
                data, data.WithoutOwnerDay(), ownerDays: 1, Incident.FenceBlocked(At(place, 7, 5), At(place, 9, 15)));
            Assert.NotEmpty(recorded.Failures);
        });

    [Fact]
    public void A_plan_that_is_fixed_meanwhile_does_not_choose_among_draws_either() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            // The last window but two is drawn, and cannot be noted; then comes the time to fix the next day's plan, an hour before
            // midnight. The fence is still blocked at the first attempt, and free at the next: the plan's entry comes before the window's.
            var data = Traffic.Generate(place.WithTarget(Temperament.High));
            var midnight = place.Windows[^1].End;
            var (recorded, _, _) = await ReplayAudit.AssertAsync(
                data, data.WithoutOwnerDay(), ownerDays: 1, Incident.FenceBlocked(midnight.AddMinutes(-115), midnight.AddMinutes(-50)));
            Assert.NotEmpty(recorded.Failures);
            Assert.Equal(place.Windows.Count + 1, recorded.Calls.Count(call => call.Day == place.Day));
        });

    [Fact]
    public void A_restored_backup_gives_up_the_day_whatever_was_in_it() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High));
            var (recorded, _, _) = await ReplayAudit.AssertAsync(
                data, data.WithoutOwnerDay(), ownerDays: 1, Incident.Backup(At(place, 6, 30)), Incident.Restore(At(place, 12, 30)));
            Assert.Equal(12, recorded.Calls.Count(call => call.Day == place.Day));
        });

    [Fact]
    public void A_clock_that_steps_forward_and_back_releases_nothing_twice() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High).WithTargetSensors(areas: 2, perArea: 1, MessageKind.SenML));
            await ReplayAudit.AssertAbsentAsync(
                data,
                Incident.ClockStep(At(place, 8, 20), TimeSpan.FromHours(3)), Incident.ClockStep(At(place, 13, 40), TimeSpan.FromHours(-3)));
        });
}
