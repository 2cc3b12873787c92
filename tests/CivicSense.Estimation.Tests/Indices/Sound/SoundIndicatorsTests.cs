using System.Globalization;
using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests.Indices.Sound;

public sealed class SoundIndicatorsTests
{
    static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    static readonly DateOnly Winter = new(2026, 1, 15);

    /// <summary>Levels of 48 hours in tenths of a decibel, and a deviation in units of 10 dB.</summary>
    static readonly Arbitrary<(int[] Tenths, double Deviation)> AnyTwoDays = (
        from tenths in Gen.Choose(300, 900).ArrayOf(48)
        from percent in Gen.Choose(0, 40)
        select (tenths, percent / 100.0)).ToArbitrary();

    [Fact]
    public void Lden_of_60_by_day_55_in_the_evening_and_50_at_night_is_60()
    {
        // 12 x 10^6 + 4 x 10^((55 + 5)/10) + 8 x 10^((50 + 10)/10) = 24 x 10^6.
        var hours = Hours(Winter, London, local => local.Hour is >= 7 and < 19 ? 60 : local.Hour is >= 19 and < 23 ? 55 : 50);
        var sound = SoundIndicators.Of(hours, Winter, London);
        var levels = new[] { sound.Day, sound.Evening, sound.Night, sound.DayEveningNight };
        Assert.Equal([60, 55, 50, 60], levels.Select(level => Math.Round(level!.Value, 9)));
        Assert.Equal(10 * Math.Log10((12e6 + 4 * Math.Pow(10, 5.5) + 8e5) / 24), sound.Whole!.Value, 9);
        Assert.Equal(",24h", sound.Suffix);
    }

    [Theory]
    [InlineData("Europe/London", "2026-01-15", 8, 6.3952)] // 10 log10((12 + 4 x 3.1623 + 8 x 10) / 24)
    [InlineData("Europe/London", "2026-03-28", 7, 6.1439)] // the same with 7 hours of 23
    [InlineData("Europe/London", "2026-10-24", 9, 6.6144)] // 9 of 25
    [InlineData("Australia/Lord_Howe", "2026-04-04", 8.5, 6.5084)] // 8.5 of 24.5
    [InlineData("Australia/Lord_Howe", "2026-10-03", 7.5, 6.2741)] // 7.5 of 23.5
    [InlineData("Asia/Kolkata", "2026-01-15", 8, 6.3952)]
    public void Steady_sound_has_an_Lden_above_it_that_depends_on_the_length_of_the_night(
        string zoneName, string dateText, double night, double above)
    {
        var (zone, date) = (TimeZoneInfo.FindSystemTimeZoneById(zoneName), DateOnly.Parse(dateText, CultureInfo.InvariantCulture));
        var sound = SoundIndicators.Of(Hours(date, zone, _ => 50), date, zone);
        Assert.Equal(TimeSpan.FromHours(night), sound.Night!.Length);
        Assert.Equal(TimeSpan.FromHours(night), sound.Night.Covered);
        Assert.Equal(TimeSpan.FromHours(16 + night), sound.DayEveningNight!.Length);
        Assert.Equal(50 + above, sound.DayEveningNight.Value, 0.0001);
        Assert.Equal(50, sound.Whole!.Value, 9);
    }

    [Fact]
    public void Hour_that_lies_in_two_periods_counts_in_each_for_its_part()
    {
        // In Kolkata 07:00 is 01:30 UTC. The loud window from 01:00 is half of the night before and half of the day.
        var kolkata = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        var loud = new DateTimeOffset(2026, 1, 15, 1, 0, 0, TimeSpan.Zero);
        var hours = Hours(Winter.AddDays(-1), kolkata, _ => 40, days: 2).ConvertAll(hour => hour.Start == loud ? Level(hour, 70) : hour);
        Assert.Equal(10 * Math.Log10((11.5e4 + 0.5e7) / 12), SoundIndicators.Of(hours, Winter, kolkata).Day!.Value, 9);
        Assert.Equal(10 * Math.Log10((7.5e4 + 0.5e7) / 8), SoundIndicators.Of(hours, Winter.AddDays(-1), kolkata).Night!.Value, 9);
    }

    [Fact]
    public void Night_of_a_date_is_the_one_that_follows()
    {
        var hours = Hours(Winter, London, local => DateOnly.FromDateTime(local) == Winter ? 50 : 70);
        // One hour of 50 dB before midnight, seven of 70 after.
        Assert.Equal(10 * Math.Log10((1e5 + 7e7) / 8), SoundIndicators.Of(hours, Winter, London).Night!.Value, 9);
    }

    [Fact]
    public void Other_periods_give_other_indicators()
    {
        var hours = Hours(Winter, London, local => local.Hour == 6 ? 80 : 40, days: 1);
        Assert.True(SoundIndicators.Of(hours, Winter, London).Night!.Value > 70);
        // From 06:00 on the 15th; the loud hour of that morning is not among the estimates, which begin at 07:00.
        Assert.Equal(40, SoundIndicators.Of(hours, Winter, London, DayPeriods.France).Night!.Value, 9);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Period_without_enough_of_its_hours_has_no_level(int missing, bool expected)
    {
        // 6 of 8 hours are the three quarters that are asked for.
        var hours = Hours(Winter, London, _ => 50).SkipLast(missing).ToList();
        var sound = SoundIndicators.Of(hours, Winter, London);
        Assert.Equal(expected, sound.Night is not null);
        Assert.Equal(expected, sound.DayEveningNight is not null);
        Assert.Equal(expected, sound.Whole is not null);
        Assert.Equal(1, sound.Day!.Share);
        Assert.NotNull(SoundIndicators.Of(hours, Winter, London, requiredShare: 0.6).Night);
        Assert.Null(SoundIndicators.Of(hours, Winter, London, requiredShare: 1).Night);
    }

    [Fact]
    public void No_hours_no_levels()
    {
        var sound = SoundIndicators.Of([], Winter, London);
        Assert.All([sound.Day, sound.Evening, sound.Night, sound.DayEveningNight, sound.Whole], Assert.Null);
    }

    [Fact]
    public void Several_dates_are_averaged_as_energy()
    {
        var second = Winter.AddDays(1);
        var hours = Hours(Winter, London, local => local < second.ToDateTime(new TimeOnly(7, 0)) ? 50 : 60, days: 2);
        var sound = SoundIndicators.Of(hours, Winter, second, London, DayPeriods.Standard, 0.75);
        Assert.Equal(10 * Math.Log10((1e5 + 1e6) / 2), sound.Day!.Value, 9);
        Assert.Equal(TimeSpan.FromHours(24), sound.Day.Length);
        Assert.Equal("", sound.Suffix);
    }

    [Fact]
    public void Loud_hours_dominate_the_energetic_mean()
    {
        // 10 log10((3 x 10^5 + 10^9) / 4).
        var hours = Hours(Winter, London, local => local.Hour == 8 ? 90 : 50);
        var start = new DateTimeOffset(2026, 1, 15, 7, 0, 0, TimeSpan.Zero);
        Assert.Equal(10 * Math.Log10((3e5 + 1e9) / 4), SoundIndicators.Laeq(hours, start, start.AddHours(4))!.Value, 9);
        // The loud hour for half an hour of three and a half.
        Assert.Equal(10 * Math.Log10((3e5 + 0.5e9) / 3.5), SoundIndicators.Laeq(hours, start.AddHours(1.5), start.AddHours(5))!.Value, 9);
    }

    [Fact]
    public void Error_is_that_of_the_hours_weighted_by_their_energy()
    {
        // Shares of the energy 1/11 and 10/11: 1 dB x 1/11 + 3 dB x 10/11.
        var start = new DateTimeOffset(2026, 1, 15, 7, 0, 0, TimeSpan.Zero);
        var quiet = Published.Hour(Quantity.Laeq, 50, 0.1, start.AddHours(1));
        var loud = Published.Hour(Quantity.Laeq, 60, 0.3, start.AddHours(2));
        var level = SoundIndicators.Laeq([quiet, loud], start, start.AddHours(2))!;
        Assert.Equal(31.0 / 11, level.StandardError, 9);
    }

    [Fact]
    public void Errors_of_equal_hours_do_not_average_out()
    {
        var sound = SoundIndicators.Of(Hours(Winter, London, _ => 50, deviation: 0.2), Winter, London);
        var hour = Published.Hour(Quantity.Laeq, 50, 0.2);
        foreach (var level in new[] { sound.Day!, sound.Evening!, sound.Night!, sound.Whole!, sound.DayEveningNight! })
        {
            Assert.Equal(2, level.StandardError, 9);
            Assert.Equal(hour.Upper - hour.Value, level.Upper - level.Value, 9);
            Assert.Equal(hour.Value - hour.Lower, level.Value - level.Lower, 9);
        }
    }

    [Fact]
    public void Lden_is_at_least_the_energetic_mean_which_is_at_least_the_plain_one() => Prop.ForAll(AnyTwoDays, any =>
    {
        var start = new DateTimeOffset(2026, 1, 15, 7, 0, 0, TimeSpan.Zero);
        var hours = any.Tenths
            .Select((tenth, i) => Published.Hour(Quantity.Laeq, tenth / 10.0, any.Deviation, start.AddHours(i + 1))).ToList();
        var sound = SoundIndicators.Of(hours, Winter, Winter.AddDays(1), London, DayPeriods.Standard, 1);
        return sound.DayEveningNight!.Value >= sound.Whole!.Value
            && sound.DayEveningNight.Value <= sound.Whole.Value + SoundIndicators.NightPenalty
            && sound.Whole.Value >= hours.Average(hour => hour.Value) - 1e-9
            && Math.Abs(sound.Whole.Value - SoundIndicators.Laeq(hours, start, start.AddHours(48))!.Value) < 1e-9
            && new[] { sound.Day!, sound.Evening!, sound.Night!, sound.Whole, sound.DayEveningNight }
                .All(level => level.Lower <= level.Value && level.Value <= level.Upper && level.StandardError >= 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_the_hours_of_sound_in_one_area_are_taken_each_once()
    {
        var hour = Published.Hour(Quantity.Laeq, 50);
        var next = Published.Hour(Quantity.Laeq, 50, 0, Published.Noon.AddHours(1));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Of([hour, hour], Winter, London));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Of([hour, next with { Area = Area.Parse("0312") }], Winter, London));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Of([Published.Day(Quantity.Laeq, 50)], Winter, London));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Of([Published.Hour(Quantity.Pm25, 50)], Winter, London));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoundIndicators.Of([hour], Winter, London, requiredShare: 0));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Of([hour], Winter, Winter.AddDays(-1), London, DayPeriods.Standard, 0.75));
        Assert.Throws<ArgumentException>(() => SoundIndicators.Laeq([hour], Published.Noon, Published.Noon));
    }

    /// <summary>Estimates of all windows that touch a date's 24 hours from 07:00, or those of several dates.</summary>
    static List<Estimate> Hours(DateOnly date, TimeZoneInfo zone, Func<DateTime, double> level, int days = 1, double deviation = 0)
    {
        var result = new List<Estimate>();
        var start = DayPeriods.Standard.Boundaries(date, zone).Day;
        var end = DayPeriods.Standard.Boundaries(date.AddDays(days - 1), zone).End;
        for (var window = HourWindow.Containing(start); window.Start < end; window = window.Next)
            result.Add(Published.Hour(Quantity.Laeq, level(TimeZoneInfo.ConvertTime(window.Start, zone).DateTime), deviation, window.End));
        return result;
    }

    static Estimate Level(Estimate hour, double level) => Published.Hour(Quantity.Laeq, level, 0, hour.End);
}
