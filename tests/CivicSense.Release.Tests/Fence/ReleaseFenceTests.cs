using CivicSense.Commons;

namespace CivicSense.Release.Tests.Fence;

public sealed class ReleaseFenceTests : IDisposable
{
    static readonly PrivacyDay Day = new(new DateOnly(2026, 3, 4));

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-fence-");

    string FencePath => Path.Combine(folder.FullName, "fence.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Without_file_an_empty_ledger_is_in_order_and_any_other_is_not()
    {
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(new ReleaseState(null, 0, LedgerEntry.Genesis)));
        Assert.Equal(FenceFinding.Missing, Open().Inspect(After(Entry(1))));
    }

    [Fact]
    public void A_prepared_release_is_in_order_whether_or_not_it_was_committed()
    {
        var (first, second) = (Entry(1), Entry(2));
        Prepare(first).Publish();
        Open().Prepare(second, Day);
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(first)));
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(second)));
    }

    [Fact]
    public void A_published_release_that_the_database_does_not_know_makes_it_older()
    {
        var (first, second) = (Entry(1), Entry(2));
        Prepare(first).Publish();
        Prepare(second).Publish();
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(second)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(first)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(new ReleaseState(null, 0, LedgerEntry.Genesis)));
        Assert.Equal(Day, Open().NewestReleasedDay);
    }

    [Fact]
    public void A_ledger_of_another_history_is_not_in_order()
    {
        Prepare(Entry(1)).Publish();
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Entry(1, keys: 99))));
    }

    [Fact]
    public void A_database_that_is_ahead_of_its_fence_is_not_in_order()
    {
        Prepare(Entry(1)).Publish();
        Assert.Equal(FenceFinding.FenceIsOlder, Open().Inspect(After(Entry(3))));
    }

    [Fact]
    public void Settling_makes_a_committed_release_the_published_one()
    {
        var (first, second) = (Entry(1), Entry(2));
        Prepare(first).Publish();
        Prepare(second);
        Open().Settle(After(second));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(first)));
    }

    [Fact]
    public void Settling_forgets_a_release_that_was_cut_off_before_its_commit()
    {
        var (first, second) = (Entry(1), Entry(2));
        Prepare(first).Publish();
        Prepare(second);
        Open().Settle(After(first));
        Assert.Equal(FenceFinding.FenceIsOlder, Open().Inspect(After(second)));
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(first)));
    }

    [Fact]
    public void A_release_whose_publication_could_not_be_written_is_not_forgotten_by_the_next()
    {
        var (first, second, third) = (Entry(1), Entry(2), Entry(3));
        Prepare(first).Publish();
        var fence = Open();
        fence.Prepare(second, Day);
        Directory.CreateDirectory(FencePath + ".new"); // stands in the way of the file that would be written
        Assert.ThrowsAny<Exception>(fence.Publish);
        Directory.Delete(FencePath + ".new");
        fence.Prepare(third, Day); // and now the process ends
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(second)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(first)));
    }

    [Fact]
    public void The_newest_released_day_survives_a_plan_that_releases_nothing()
    {
        Prepare(Entry(1)).Publish();
        var fence = Open();
        fence.Prepare(Entry(2), releasedDay: null);
        fence.Publish();
        Assert.Equal(Day, Open().NewestReleasedDay);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"published\":{\"sequence\":1")]
    [InlineData("{\"published\":{\"sequence\":1,\"head\":\"aa\",\"releasedDay\":\"yesterday\"},\"prepared\":null}")]
    [InlineData("{\"published\":{\"sequence\":\"one\",\"head\":\"aa\"},\"prepared\":null}")]
    [InlineData("{\"published\":{\"head\":\"aa\"},\"prepared\":null}")]
    public void A_damaged_file_is_refused_with_a_message_that_says_what_to_do(string text)
    {
        File.WriteAllText(FencePath, text);
        var exception = Assert.Throws<FormatException>(Open);
        Assert.Contains(FencePath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", exception.Message, StringComparison.Ordinal);
    }

    ReleaseFence Open() => ReleaseFence.Open(FencePath);

    ReleaseFence Prepare(LedgerEntry entry)
    {
        var fence = Open();
        fence.Prepare(entry, Day);
        return fence;
    }

    static ReleaseState After(LedgerEntry entry) => new(null, entry.Content.Sequence, entry.Hash);

    static LedgerEntry Entry(long sequence, int keys = 1) => LedgerEntry.Create(
        new LedgerRecord(sequence, LedgerEntryKind.Window, DateTimeOffset.UnixEpoch, Day, null, LedgerEntry.Genesis, keys, ValuesHash.OfNothing, 1),
        LedgerEntry.Genesis);
}
