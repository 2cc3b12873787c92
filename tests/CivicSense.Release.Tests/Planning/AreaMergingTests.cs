using CivicSense.Commons;

namespace CivicSense.Release.Tests.Planning;

public sealed class AreaMergingTests
{
    const int Minimum = 5;

    [Fact]
    public void Every_release_area_has_at_least_the_minimum_of_distinct_households() => Enrolments.ForAllSeeds(seed =>
    {
        var places = Places(seed);
        var areas = AreaMerging.Merge(places, Minimum);
        foreach (var area in areas.Values.Distinct())
        {
            var owners = places.Where(place => areas[place.Place] == area).Select(place => place.OwnerId).Distinct().Count();
            Assert.True(owners >= Minimum, $"{owners} households");
        }
    });

    [Fact]
    public void Every_place_is_in_an_area_that_contains_it_or_there_are_too_few_households_in_all() => Enrolments.ForAllSeeds(seed =>
    {
        var places = Places(seed);
        var areas = AreaMerging.Merge(places, Minimum);
        if (places.Select(place => place.OwnerId).Distinct().Count() < Minimum)
        {
            Assert.Empty(areas);
            return;
        }
        Assert.All(places, place => Assert.True(areas[place.Place].Contains(place.Place)));
        Assert.Equal(places.Select(place => place.Place).Distinct().Count(), areas.Count);
    });

    [Fact]
    public void A_place_belongs_to_the_finest_area_around_it() => Enrolments.ForAllSeeds(seed =>
    {
        var areas = AreaMerging.Merge(Places(seed), Minimum);
        Assert.All(areas, pair => Assert.DoesNotContain(
            areas.Values, other => other.Contains(pair.Key) && other.Zoom > pair.Value.Zoom));
    });

    [Fact]
    public void The_order_of_the_enrolment_does_not_matter() => Enrolments.ForAllSeeds(seed =>
    {
        var places = Places(seed);
        var areas = AreaMerging.Merge(places, Minimum);
        new Random(seed).Shuffle(places);
        Assert.Equal(areas.OrderBy(pair => pair.Key), AreaMerging.Merge(places, Minimum).OrderBy(pair => pair.Key));
    });

    [Fact]
    public void A_household_with_many_devices_counts_once()
    {
        var one = Enumerable.Range(0, 10).Select(_ => (OwnerId: 1, Enrolments.Place));
        Assert.Empty(AreaMerging.Merge(one, Minimum));
        Assert.Empty(AreaMerging.Merge(one.Concat(Owners(2, 3, Enrolments.Place)), Minimum));
        Assert.Single(AreaMerging.Merge(one.Concat(Owners(2, 4, Enrolments.Place)), Minimum));
    }

    [Fact]
    public void A_dense_cell_stays_fine_and_its_sparse_surroundings_become_the_area_around_it()
    {
        var (centre, fringe1, fringe2) = (Enrolments.Inside("0311320"), Enrolments.Inside("0311321"), Enrolments.Inside("0311323"));
        var areas = AreaMerging.Merge([.. Owners(1, 5, centre), .. Owners(6, 3, fringe1), .. Owners(9, 2, fringe2)], Minimum);
        Assert.Equal(centre, areas[centre]);
        Assert.Equal(Area.Parse("031132"), areas[fringe1]);
        Assert.Equal(Area.Parse("031132"), areas[fringe2]);
    }

    [Fact]
    public void A_remote_rest_joins_the_area_with_the_fewest_households()
    {
        var (large, small, remote) = (Enrolments.Inside("0311320"), Enrolments.Inside("0311321"), Enrolments.Inside("2"));
        var areas = AreaMerging.Merge([.. Owners(1, 9, large), .. Owners(10, 6, small), .. Owners(16, 1, remote)], Minimum);
        Assert.Equal(large, areas[large]);
        Assert.Equal(Area.Parse(""), areas[small]);
        Assert.Equal(Area.Parse(""), areas[remote]);
    }

    static (int OwnerId, Area Place)[] Places(int seed) => [.. Enrolments.Random(seed).Select(device => (device.OwnerId, device.Place))];

    static IEnumerable<(int OwnerId, Area Place)> Owners(int first, int count, Area place) =>
        Enumerable.Range(first, count).Select(owner => (owner, place));
}
