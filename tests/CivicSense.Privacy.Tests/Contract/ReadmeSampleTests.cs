namespace CivicSense.Privacy.Tests;

public sealed class ReadmeSampleTests
{
    [Fact]
    public void The_first_sample_of_the_pages_counts_owners_and_not_rows()
    {
        // As in docs/privacy/README.md.
        var rows = new VectorDomain<Owned<long>>(new OwnedDomain<long>(new AtomDomain<long>()));
        var count = OwnerCount.Of(rows, new SymmetricIdDistance()).Then(number => DiscreteLaplaceMechanism.Scalar(number, scale: 2));

        Assert.Equal(new Rational(1, 2), count.Map(1));
        Owned<long>[] data = [.. Enumerable.Range(0, 5_000).Select(row => new Owned<long>(row % 1_000, row))];
        // Noise of scale 2 is beyond 100 with probability below exp(-50).
        Assert.InRange(count.Release(1, data).Value, 900, 1_100);
    }
}
