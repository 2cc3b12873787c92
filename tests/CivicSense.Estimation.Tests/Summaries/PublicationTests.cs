using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

public sealed class PublicationTests
{
    static readonly Area Place = Area.Parse("0310");
    static readonly HourWindow Window = HourWindow.Containing(DateTimeOffset.Parse("2026-05-01T09:00Z", null));

    /// <remarks>0.01 and 0.06 of 10 dB, times 1.10.</remarks>
    [Fact]
    public void Of_a_day_of_sound_half_a_decibel_stays_unknown_however_well_its_hours_are_known()
    {
        var known = new Moments(5.5, 0);

        var hour = Publication.Hour(Place, Quantity.Laeq, Window, known, new NodeHour(0, 0), EstimateStatus.Final);
        var day = Publication.Period(
            Place, Quantity.Laeq, Resolution.Day, Window.Start, Window.Start.AddDays(1), known, 0, EstimateStatus.Final);

        Assert.Equal((55, 0.11), (hour.Value, Math.Round(hour.StandardError, 9)));
        Assert.Equal((55, 0.66), (day.Value, Math.Round(day.StandardError, 9)));
        Assert.Equal(55 + (0.66 * 1.96), day.Upper, 3);
    }

    /// <remarks>0.01 of 5 degrees, times 1.10.</remarks>
    [Fact]
    public void Of_a_day_of_anything_else_no_more_than_of_its_hours()
    {
        var day = Publication.Period(
            Place, Quantity.Temperature, Resolution.Day, Window.Start, Window.Start.AddDays(1), new Moments(3, 0), 0, EstimateStatus.Live);

        Assert.Equal((15, 0.055), (day.Value, Math.Round(day.StandardError, 9)));
    }
}
