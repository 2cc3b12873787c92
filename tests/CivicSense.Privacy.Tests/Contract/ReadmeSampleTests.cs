namespace CivicSense.Privacy.Tests;

/// <summary>The sample on the first page of docs/privacy, as it stands there.</summary>
public sealed class ReadmeSampleTests
{
    [Fact]
    public void The_sample_counts_owners_and_not_rows()
    {
        // These two lines are the page's: the next test compares them.
        var rows = new VectorDomain<Owned<long>>(new OwnedDomain<long>(new AtomDomain<long>()));
        var count = OwnerCount.Of(rows, new SymmetricIdDistance()).Then(number => DiscreteLaplaceMechanism.Scalar(number, scale: 2));

        Assert.Equal(new Rational(1, 2), count.Map(1));
        Owned<long>[] data = [.. Enumerable.Range(0, 5_000).Select(row => new Owned<long>(row % 1_000, row))];
        // Noise of scale 2 is beyond 100 with probability below exp(-50).
        Assert.InRange(count.Release(1, data).Value, 900, 1_100);
    }

    [Fact]
    public void The_page_has_the_lines_that_are_tested()
    {
        var page = File.ReadAllLines(RepositoryFile.Require("docs", "privacy", "README.md"));
        var tested = File.ReadAllText(RepositoryFile.Require("tests", "CivicSense.Privacy.Tests", "Contract", "ReadmeSampleTests.cs"));
        var sample = page.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").ToArray();
        Assert.Equal(4, sample.Length);
        foreach (var line in sample)
        {
            // Of the lines that print, what they print is tested.
            const string Print = "Console.WriteLine(";
            var code = line.StartsWith(Print, StringComparison.Ordinal)
                ? line[Print.Length..line.IndexOf(");", StringComparison.Ordinal)]
                : line;
            Assert.Contains(code, tested, StringComparison.Ordinal);
        }
    }
}
