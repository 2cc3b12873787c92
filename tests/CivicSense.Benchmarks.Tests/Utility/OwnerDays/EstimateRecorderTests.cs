using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;
using Calendar = CivicSense.Benchmarks.Utility.Calendar;

namespace CivicSense.Benchmarks.Tests.Utility.OwnerDays;

public sealed class EstimateRecorderTests
{
    readonly Calendar calendar = new(TimeZoneInfo.Utc, PrivacyDay.Parse("2013-03-01"), 4);
    readonly Area area = Area.Parse("03131023100000");

    [Fact]
    public async Task Live_is_what_was_said_before_the_next_hour_and_final_stands_beside_it()
    {
        var recorder = new EstimateRecorder(Quantity.Pm25, calendar, [area]);
        recorder.Now = calendar.Windows[0];
        await WriteAsync(recorder, calendar.Periods(Resolution.Hour)[0], 1, EstimateStatus.Live);
        recorder.Now = calendar.Windows[1];
        await WriteAsync(recorder, calendar.Periods(Resolution.Hour)[0], 2, EstimateStatus.Live);
        await WriteAsync(recorder, calendar.Periods(Resolution.Hour)[0], 3, EstimateStatus.Final);

        Assert.Equal(1, recorder.Live[Resolution.Hour][0][0].Value);
        Assert.Equal(3, recorder.Final[Resolution.Hour][0][0].Value);
    }

    [Fact]
    public async Task Part_of_a_period_is_not_taken_for_the_whole()
    {
        var recorder = new EstimateRecorder(Quantity.Pm25, calendar, [area]) { Now = calendar.Windows[0] };

        await WriteAsync(recorder, calendar.Periods(Resolution.Hour)[0] with { End = calendar.Windows[5].End }, 1, EstimateStatus.Live);

        Assert.True(double.IsNaN(recorder.Live[Resolution.Hour][0][0].Value));
    }

    ValueTask WriteAsync(EstimateRecorder recorder, Period period, double value, EstimateStatus status) => recorder.WriteAsync(
        [new Estimate(area, Quantity.Pm25, Resolution.Hour, period.Start, period.End, value, 1, 0, 10, status)],
        TestContext.Current.CancellationToken);
}
