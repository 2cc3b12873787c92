using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

public sealed class ActiveOwnersTests
{
    static readonly PrivacyDay First = PrivacyDay.Parse("2026-01-01");

    /// <remarks>
    /// 200,000 draws of a share 1 +- 0.16 +- 0.10, held between one owner and all: half of them are all, and a mean square's standard error
    /// is below 0.1 % of it.
    /// </remarks>
    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(300)]
    public void Before_any_activity_is_told_all_are_active_as_far_as_the_enrolment_allows(int enrolled)
    {
        var random = new Random(1);
        var draws = Enumerable.Range(0, 200_000)
            .Select(_ => Math.Clamp(enrolled * (1 + 0.16 * random.Normal() + 0.10 * random.Normal()), 1, enrolled)).ToArray();
        var count = Assert.Single(new ActiveOwners().Counts(Plan(First, enrolled)));
        Assert.Equal(enrolled, count.Value);
        Assert.Equal(Math.Sqrt(draws.Average(draw => (draw - enrolled) * (draw - enrolled))) / enrolled, count.Deviation / enrolled, 0.002);
    }

    [Fact]
    public void The_only_owner_of_an_area_is_active() =>
        Assert.Equal(new OwnerCount(1, 0), Assert.Single(new ActiveOwners().Counts(Plan(First, 1))));

    /// <remarks>A day's activity errs by 19 owners; 120 days of five areas of 50 leave the common share 2 % wide.</remarks>
    [Theory]
    [InlineData(1.0, 0.95, 1.0)]
    [InlineData(0.6, 0.52, 0.68)]
    public void Activity_teaches_the_share_of_active_owners(double share, double least, double most)
    {
        int[] enrolled = [50, 50, 50, 50, 50];
        var (owners, random, day) = (new ActiveOwners(), new Random(2), First);
        for (var i = 0; i < 120; i++)
        {
            var plan = Plan(day, enrolled);
            var noise = plan.Sigma * plan.Grid;
            owners.Learn(plan,
                [.. plan.Areas.Select(area => Activity(plan, area.Area, plan.ActivityWeight * share * 50 + noise * random.Normal()))]);
            day = day.Next;
        }
        var counts = owners.Counts(Plan(day, enrolled));
        Assert.InRange(counts.Average(count => count.Value) / 50, least, most);
        Assert.All(counts, count => Assert.InRange(share * 50, count.Value - 3 * count.Deviation, count.Value + 3 * count.Deviation));
    }

    [Theory]
    [InlineData(-1e6)]
    [InlineData(1e6)]
    public void However_far_out_the_noise_a_count_lies_between_one_and_the_enrolment(double released)
    {
        var (owners, day) = (new ActiveOwners(), First);
        for (var i = 0; i < 60; i++)
        {
            var plan = Plan(day, 5, 40);
            owners.Learn(plan, [.. plan.Areas.Select(area => Activity(plan, area.Area, plan.ActivityWeight * released))]);
            day = day.Next;
        }
        Assert.Equal([released < 0 ? 1 : 5, released < 0 ? 1 : 40],
            owners.Counts(Plan(day, 5, 40)).Select(count => Math.Round(count.Value, 6)));
        Assert.All(owners.Counts(Plan(day, 5, 40)), count => Assert.InRange(count.Deviation, 0, 0.001));
    }

    static NoisyActivity Activity(ReleasePlan plan, Area area, double value) => new(plan.Day, area, (long)value, 1);

    static ReleasePlan Plan(PrivacyDay day, params int[] enrolled) => new()
    {
        Day = day, TimeZone = "UTC", FirstWindow = day.Windows(TimeZoneInfo.Utc)[0], LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [.. enrolled.Select((count, area) => new PlannedArea(Area.Parse($"03{area / 4}{area % 4}"), count))],
        Quantities = [new(Quantity.Pm25, 0.95m, 0.65, 1.1)],
        Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = (long)(Math.Sqrt(0.05) * (1 << 20)),
    };
}
