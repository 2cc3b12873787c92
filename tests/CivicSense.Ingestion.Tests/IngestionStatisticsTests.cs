using System.Reflection;

namespace CivicSense.Ingestion.Tests;

public sealed class IngestionStatisticsTests
{
    [Fact]
    public void Totals_are_kept_for_each_reason()
    {
        var statistics = new IngestionStatistics();
        foreach (var outcome in Enum.GetValues<ReadingOutcome>())
            statistics.Count(outcome, 1 << (int)outcome);
        statistics.CountMessage();

        foreach (var outcome in Enum.GetValues<ReadingOutcome>())
        {
            Assert.Equal(1 << (int)outcome, statistics[outcome]);
            Assert.Equal(1 << (int)outcome, statistics.Snapshot()[outcome]);
        }
        Assert.Equal(1, statistics.Messages);
        Assert.Equal(1, statistics.Accepted);
        Assert.Equal((1 << Enum.GetValues<ReadingOutcome>().Length) - 2, statistics.Refused);
    }

    [Fact]
    public void Counting_from_many_threads_loses_nothing()
    {
        var statistics = new IngestionStatistics();
        Parallel.For(0, 100_000, i => statistics.Count((ReadingOutcome)(i % 2)));
        Assert.Equal((50_000, 50_000), (statistics[ReadingOutcome.Accepted], statistics[ReadingOutcome.Duplicate]));
    }

    [Fact]
    public void Totals_include_what_the_parts_have_counted()
    {
        var statistics = new IngestionStatistics();
        foreach (var part in new[] { statistics.AddPart(), statistics.AddPart() })
        {
            part.CountMessage();
            part.Count(ReadingOutcome.Accepted);
            part.Count(ReadingOutcome.Late);
        }
        statistics.CountMessage();
        statistics.Count(ReadingOutcome.Late);
        Assert.Equal((3, 2, 3), (statistics.Messages, statistics.Accepted, statistics[ReadingOutcome.Late]));
    }

    [Fact]
    public void Nothing_can_be_asked_by_device_owner_area_quantity_or_hour()
    {
        // Everything public takes no argument or a reason, and answers with a number or a number for each reason.
        foreach (var method in typeof(IngestionStatistics)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            Assert.All(method.GetParameters(), parameter => Assert.Equal(typeof(ReadingOutcome), parameter.ParameterType));
            Assert.Contains(method.ReturnType, new[] { typeof(long), typeof(IReadOnlyDictionary<ReadingOutcome, long>) });
        }
        Assert.Empty(typeof(IngestionStatistics).GetFields());
    }

    [Fact]
    public void Rooms_public_surface_gives_out_no_contribution_or_reading() =>
        Assert.Equal(
            [
                nameof(AnonymousReaderOptions), nameof(BrokerOptions), nameof(EventClock), nameof(IngestionExtensions),
                nameof(IngestionStatistics),
                nameof(ReadingOutcome),
            ],
            typeof(IngestionStatistics).Assembly.GetExportedTypes().Select(type => type.Name).Order(StringComparer.Ordinal));
}
