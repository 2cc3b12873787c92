using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>
/// One household's day is absent or other than it was. Everything that leaves the node is the same once the published values are held
/// fixed, and the mechanism's inputs move by no more than the norm bound.
/// </summary>
public sealed class OwnerDayTests
{
    [Fact]
    public void A_household_that_is_switched_off_for_a_day_moves_the_sums_by_at_most_the_norm_bound() =>
        ReplayAudit.ForAll(async (place, _) => await ReplayAudit.AssertAbsentAsync(Traffic.Generate(place)), cases: 3);

    [Fact]
    public void A_household_whose_values_are_other_ones_moves_the_sums_by_at_most_twice_the_norm_bound() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place);
            var temperament = (Temperament)random.Next(5);
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay(OwnerDays.Anew(data, temperament, random)), ownerDays: 4);
        });

    [Fact]
    public void A_household_whose_readings_are_of_other_hours_moves_the_sums_by_at_most_twice_the_norm_bound() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place);
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay(OwnerDays.Moved(data, random)), ownerDays: 4);
        });

    [Fact]
    public void A_household_that_sends_no_numbers_counts_as_absent() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place);
            var spoiled = data.WithOwnerDay(OwnerDays.Spoiled(data, random));
            await ReplayAudit.AssertAsync(data, spoiled, ownerDays: 1);
            await ReplayAudit.AssertAsync(spoiled, data.WithoutOwnerDay(), ownerDays: 0);
        });

    [Fact]
    public void A_household_that_is_late_moves_nothing() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.Ordinary).WithTargetSensors(areas: 2, perArea: 1, MessageKind.SenML));
            await ReplayAudit.AssertAsync(data.WithoutOwnerDay(), data.WithOwnerDay(OwnerDays.Late(data, random)), ownerDays: 0);
        });

    [Fact]
    public void A_household_whose_messages_come_twice_moves_nothing() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            // Values below the cap, so that a mean that moves would move the sum.
            var data = Traffic.Generate(place.WithTarget(Temperament.Ordinary).WithTargetSensors(areas: 2, perArea: 1, MessageKind.SenML));
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay(OwnerDays.Twice(data, random)), ownerDays: 0);
        });

    [Fact]
    public void A_household_whose_messages_come_again_after_a_restart_moves_nothing() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.Ordinary).WithTargetSensors(areas: 1, perArea: 2, MessageKind.SenML));
            // Often, and not everything again, so that some hour's mean would move.
            var restarts = Enumerable.Range(2, 16).Select(window => place.Windows[window].Start.AddMinutes(45)).ToArray();
            var again = restarts.SelectMany(restart => OwnerDays.SentAgain(data, restart.AddMinutes(-60), restart.AddMinutes(1)))
                .Where(_ => random.Next(3) > 0).ToArray();
            await ReplayAudit.AssertAsync(
                data, data.WithOwnerDay([.. data.OwnerDay, .. again]), ownerDays: 0, [.. restarts.Select(Incident.Restart)]);
        });

    [Fact]
    public void A_household_that_floods_the_node_moves_the_sums_by_at_most_twice_the_norm_bound() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place);
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay(OwnerDays.Flood(data, random, messages: 3000)), ownerDays: 4);
        });

    [Fact]
    public void A_household_whose_clock_is_wrong_by_days_moves_nothing() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.Ordinary).WithTargetSensors(areas: 1, perArea: 2, MessageKind.SenML));
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay([.. data.OwnerDay, .. OwnerDays.WrongClock(data, random)]), ownerDays: 0);
        });

    [Fact]
    public void A_household_with_many_devices_moves_the_sums_by_no_more_than_one_with_a_single_device() =>
        ReplayAudit.ForAll(async (place, _) => await ReplayAudit.AssertAbsentAsync(
            Traffic.Generate(place.WithTarget(Temperament.High).WithTargetSensors(areas: 1, perArea: 12))));

    [Fact]
    public void A_household_with_devices_in_many_areas_moves_the_sums_by_no_more_than_one_in_a_single_area() =>
        ReplayAudit.ForAll(async (place, _) => await ReplayAudit.AssertAbsentAsync(
            Traffic.Generate(place.WithTarget(Temperament.High).WithTargetSensors(areas: 6, perArea: 2))));

    [Fact]
    public void A_household_that_is_switched_on_only_around_midnight_leaves_nothing_in_the_day_beside() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.Silent).WithTargetSensors(areas: 2, perArea: 1, MessageKind.SenML));
            await ReplayAudit.AssertAbsentAsync(data with { Sent = [.. data.Sent, .. OwnerDays.AroundMidnight(data, random)] });
        });

    [Fact]
    public void A_household_that_measures_what_nobody_asked_for_moves_nothing() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place);
            await ReplayAudit.AssertAsync(data.WithoutOwnerDay(), data.WithOwnerDay(OwnerDays.Unknown(data, random)), ownerDays: 0);
        });

    [Fact]
    public void A_household_that_changes_its_units_moves_the_sums_by_at_most_twice_the_norm_bound() =>
        ReplayAudit.ForAll(async (place, random) =>
        {
            var data = Traffic.Generate(place.WithTargetSensors(areas: 1, perArea: 2, MessageKind.SenML));
            await ReplayAudit.AssertAsync(data, data.WithOwnerDay(OwnerDays.OtherUnits(data, random)), ownerDays: 4);
        });

    [Fact]
    public void A_household_that_is_alone_in_its_area_is_not_betrayed_by_what_is_missing() =>
        ReplayAudit.ForAll(async (place, _) => await ReplayAudit.AssertAbsentAsync(Traffic.Generate(place.WithTargetAlone())));

    [Fact]
    public void Nothing_of_the_day_comes_back_in_the_days_after_it() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.High) with { DaysAfter = 3 });
            await ReplayAudit.AssertAsync(data, data.WithoutOwnerDay(), ownerDays: 1);
        });

    [Theory]
    [InlineData("Europe/London", 2026, 3, 29, 23)]
    [InlineData("Europe/London", 2026, 10, 25, 25)]
    [InlineData("Australia/Lord_Howe", 2026, 4, 5, 25)]
    public void A_day_on_which_clocks_change_is_one_day(string zone, int year, int month, int date, int hours) =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var there = place.On(zone, new DateOnly(year, month, date));
            Assert.Equal(hours, there.Windows.Count);
            await ReplayAudit.AssertAbsentAsync(Traffic.Generate(there.WithTarget(Temperament.High)));
        });

    [Fact]
    public void Contributions_that_are_no_numbers_move_nothing() =>
        ReplayAudit.ForAll(async (place, _) =>
        {
            var data = Traffic.Generate(place.WithTarget(Temperament.Silent).WithTargetSensors(areas: 2, perArea: 2));
            var window = place.Windows[6];
            var damage = Incident.Contributions(
                window.Start.AddMinutes(30), window,
                ("sensor-0", double.PositiveInfinity), ("sensor-1", double.NegativeInfinity), ("sensor-2", double.PositiveInfinity));
            await ReplayAudit.AssertAsync(data, [], data, [damage], ownerDays: 0);
        });
}
