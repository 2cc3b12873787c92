using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

public sealed class FitHistoryTests
{
    static readonly PrivacyDay Day = PrivacyDay.Parse("2026-03-02");

    [Fact]
    public void The_ten_areas_with_most_owners_lead_and_the_others_follow()
    {
        var history = new FitHistory();

        Add(history, hour: 0, [.. Enumerable.Range(0, 50).Select(number => (Cell(number), 10 + number))]);

        Assert.Equal(10, history.Leading);
        Assert.Equal(Enumerable.Range(40, 10).Select(Cell), history.Areas.Take(10));
        Assert.Equal(Enumerable.Range(10, 30).Reverse().Select(Cell), history.Areas.Skip(10));
    }

    [Fact]
    public void An_area_that_comes_later_joins_and_was_not_measured_before()
    {
        var history = new FitHistory();
        var ten = Enumerable.Range(0, 10).Select(number => (Cell(number), 20)).ToArray();

        Add(history, hour: 0, ten);
        Add(history, hour: 1, [.. ten, (Cell(10), 90)]);

        Assert.Equal(10, history.Leading);
        Assert.Equal(Cell(10), history.Areas[10]);
        Assert.Equal([double.PositiveInfinity, 1], history.Hours.Select(hour => hour.MeasuredOf(10).Variance));
        Assert.Equal([1, 90], history.Hours.Select(hour => hour.OwnersOf(10)));
    }

    [Fact]
    public void An_area_that_takes_the_place_of_another_joins_too()
    {
        var history = new FitHistory();

        Add(history, hour: 0, (Cell(0), 20), (Cell(1), 20), (Cell(2), 20));
        Add(history, hour: 1, (Cell(0), 20), (Cell(1), 20), (Cell(3), 20));

        Assert.Equal([Cell(0), Cell(1), Cell(2), Cell(3)], history.Areas);
        Assert.Equal((3, 2), (history.Leading, history.Hours.Count));
    }

    [Fact]
    public void An_area_that_is_not_in_the_plan_is_not_measured()
    {
        var history = new FitHistory();

        Add(history, hour: 0, (Cell(0), 20), (Cell(1), 20), (Cell(2), 20));
        Add(history, hour: 1, (Cell(0), 20), (Cell(2), 20));

        Assert.Equal([1, double.PositiveInfinity], history.Hours.Select(hour => hour.MeasuredOf(1).Variance));
    }

    [Fact]
    public void A_neighbourhood_of_which_less_than_half_is_left_or_that_has_more_than_doubled_begins_anew()
    {
        var history = new FitHistory();
        (Area, int)[] three = [(Cell(0), 20), (Cell(1), 20), (Cell(2), 20)];

        Add(history, hour: 0, three);
        Add(history, hour: 1, [.. three, (Cell(3), 20), (Cell(4), 20), (Cell(5), 20)]);
        Assert.Equal((2, 3, 6), (history.Hours.Count, history.Leading, history.Areas.Count));

        Add(history, hour: 2, [.. three, .. Enumerable.Range(3, 4).Select(number => (Cell(number), 20))]);
        Assert.Equal((1, 7, 7), (history.Hours.Count, history.Leading, history.Areas.Count));

        Add(history, hour: 3, (Cell(0), 20), (Cell(1), 20), (Cell(20), 20), (Cell(21), 20), (Cell(22), 20));
        Assert.Equal((1, 5, 5), (history.Hours.Count, history.Leading, history.Areas.Count));
    }

    static Area Cell(int number) => Area.Parse($"03{number / 16}{number / 4 % 4}{number % 4}");

    static void Add(FitHistory history, int hour, params (Area Area, int Owners)[] areas)
    {
        var plan = new ReleasePlan
        {
            Day = Day, TimeZone = "UTC", FirstWindow = Day.Windows(TimeZoneInfo.Utc)[0], LastWindow = Day.Windows(TimeZoneInfo.Utc)[^1],
            Areas = [.. areas.Select(area => new PlannedArea(area.Area, area.Owners))],
            Quantities = [new(Quantity.Pm25, 0.95m, 0.78, 1.1)],
            Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
        };
        var context = new PlanContext(plan, [.. areas.Select(area => new OwnerCount(area.Owners, 0))]);
        history.Add(Day.Windows(TimeZoneInfo.Utc)[hour], context, [.. areas.Select(_ => new Moments(0, 1))]);
    }
}
