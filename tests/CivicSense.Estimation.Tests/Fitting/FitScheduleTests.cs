using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

public sealed class FitScheduleTests
{
    static readonly PrivacyDay First = PrivacyDay.Parse("2026-01-01");

    [Fact]
    public void Parameters_are_fitted_after_two_weeks_then_less_and_less_often_and_the_roughness_every_week_between()
    {
        var schedule = new FitSchedule();
        var (fits, weeks) = (new List<int>(), new List<int>());
        for (var days = 1; days <= 500; days++)
        {
            var closed = new PrivacyDay(First.Date.AddDays(days - 1));
            var isWhole = schedule.IsDue(Quantity.Pm25, closed, hours: 24 * days);
            if (!isWhole && !schedule.IsRoughnessDue(Quantity.Pm25, closed, hours: 24 * days))
                continue;
            (isWhole ? fits : weeks).Add(days);
            schedule.Done(Quantity.Pm25, closed, schedule.Next(Quantity.Pm25), isWhole);
        }
        Assert.Equal([14, 28, 56, 112, 224, 336, 448], fits);
        Assert.Equal(Enumerable.Range(2, 70).Select(week => 7 * week).Except(fits), weeks);
        Assert.Equal(71, schedule.Next(Quantity.Pm25));
    }

    [Fact]
    public void Hours_without_a_release_do_not_count_in_the_two_weeks()
    {
        var schedule = new FitSchedule();
        Assert.False(schedule.IsDue(Quantity.Pm25, First, hours: 14 * 24 - 1));
        Assert.True(schedule.IsDue(Quantity.Pm25, First, hours: 14 * 24));
    }

    [Fact]
    public void Each_quantity_has_its_own_turn()
    {
        var schedule = new FitSchedule();
        schedule.Done(Quantity.Pm25, First, 1, isWhole: true);
        Assert.False(schedule.IsDue(Quantity.Pm25, First.Next, hours: 1000));
        Assert.True(schedule.IsDue(Quantity.Laeq, First.Next, hours: 1000));
        Assert.Equal((2, 1), (schedule.Next(Quantity.Pm25), schedule.Next(Quantity.Laeq)));
    }
}
