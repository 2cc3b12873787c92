using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Fence;

public sealed class ReleaseFenceTests : IDisposable
{
    static readonly PrivacyDay Day = new(new DateOnly(2026, 3, 4));
    static readonly ReleaseState Empty = new(null, 0, LedgerEntry.Genesis);

    /// <summary>Four entries of one ledger. Each but the last releases a window.</summary>
    static readonly LedgerEntry First = Entry(1, LedgerEntry.Genesis);
    static readonly LedgerEntry Second = Entry(2, First.Hash);
    static readonly LedgerEntry Third = Entry(3, Second.Hash);
    static readonly LedgerEntry PlanAfterThird = LedgerEntry.Create(
        new LedgerRecord(
            4, LedgerEntryKind.Plan, DateTimeOffset.UnixEpoch, Day.Next, null, LedgerEntry.Genesis, 0, ValuesHash.OfNothing, 1),
        Third.Hash);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-fence-");

    string FencePath => Path.Combine(folder.FullName, "fence.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Without_file_an_empty_ledger_is_in_order_and_any_other_is_not()
    {
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(Empty));
        Assert.Equal(FenceFinding.Missing, Open().Inspect(After(First)));
    }

    [Fact]
    public void A_prepared_release_is_either_committed_or_cut_off()
    {
        Publish(First);
        Prepare(Second);
        Assert.Equal(FenceFinding.CutOff, Open().Inspect(After(First)));
        Assert.Equal(FenceFinding.Committed, Open().Inspect(After(Second)));
    }

    [Fact]
    public void The_first_release_of_all_may_be_cut_off_too()
    {
        Prepare(First);
        Assert.Equal(FenceFinding.CutOff, Open().Inspect(Empty));
        Assert.Equal(FenceFinding.Committed, Open().Inspect(After(First)));
    }

    [Fact]
    public void A_prepared_release_is_kept_in_the_file_until_it_is_published()
    {
        Prepare(First);
        var kept = Open().Prepared!.Release!;
        Assert.Equal((Day, First.Content.Window, First.Hash), (kept.Day, kept.Window, kept.Last.Hash));
        Assert.Equal(Release(First).Values, kept.Values);
        Open().Publish();
        Assert.Null(Open().Prepared);
        Assert.DoesNotContain("budgets", File.ReadAllText(FencePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_release_that_the_database_does_not_know_makes_it_older()
    {
        Publish(First);
        Publish(Second);
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(Second)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(First)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(Empty));
        Assert.Equal((Day, Second.Content.Window), (Open().NewestReleasedDay, Open().NewestReleasedWindow));
    }

    [Fact]
    public void A_database_older_than_the_entry_before_the_prepared_one_is_older()
    {
        Publish(First);
        Publish(Second);
        Prepare(Third);
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(First)));
        Assert.Equal(Third.Content.Window, Open().NewestReleasedWindow);
    }

    [Fact]
    public void A_database_that_ends_at_the_right_entry_but_an_earlier_window_is_older()
    {
        Publish(First);
        Publish(Second);
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Second) with { ReleasedThrough = First.Content.Window }));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Second) with { ReleasedThrough = null }));
    }

    [Fact]
    public void A_ledger_of_another_history_is_not_in_order()
    {
        Publish(First);
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Entry(1, LedgerEntry.Genesis, keys: 99))));
    }

    [Fact]
    public void A_database_that_is_ahead_of_its_fence_is_not_in_order()
    {
        Publish(First);
        Assert.Equal(FenceFinding.FenceIsOlder, Open().Inspect(After(Third)));
        Prepare(Second);
        Assert.Equal(FenceFinding.FenceIsOlder, Open().Inspect(After(Third)));
    }

    [Fact]
    public void What_was_prepared_and_released_nothing_can_be_discarded()
    {
        Publish(Third);
        Open().Prepare(PlanAfterThird, Third.Hash, release: null);
        Assert.Equal(FenceFinding.CutOff, Open().Inspect(After(Third)));
        Assert.Null(Open().Prepared!.Release);
        Open().Discard();
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(Third)));
        Assert.Equal(FenceFinding.FenceIsOlder, Open().Inspect(After(PlanAfterThird) with { ReleasedThrough = Third.Content.Window }));
    }

    [Fact]
    public void A_release_whose_publication_could_not_be_written_is_not_forgotten_by_the_next()
    {
        Publish(First);
        var fence = Open();
        PrepareAndFailToPublish(fence, Second);
        fence.Prepare(Third, Second.Hash, Release(Third)); // and now the process ends
        Assert.Equal(FenceFinding.CutOff, Open().Inspect(After(Second)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(First)));
    }

    [Fact]
    public void A_release_whose_publication_could_not_be_written_is_not_forgotten_by_a_plan_either()
    {
        var fence = Open();
        PrepareAndFailToPublish(fence, Third);
        fence.Prepare(PlanAfterThird, Third.Hash, release: null);
        fence.Publish();
        Assert.Equal((Day, Third.Content.Window), (Open().NewestReleasedDay, Open().NewestReleasedWindow));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Second)));
    }

    [Fact]
    public void A_release_whose_publication_could_not_be_written_is_not_forgotten_when_a_plan_after_it_is_discarded()
    {
        var fence = Open();
        PrepareAndFailToPublish(fence, Third);
        fence.Prepare(PlanAfterThird, Third.Hash, release: null);
        Open().Discard();
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(After(Third)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(After(Second)));
    }

    [Fact]
    public void The_newest_release_survives_a_plan_that_releases_nothing()
    {
        Publish(Third);
        var fence = Open();
        fence.Prepare(PlanAfterThird, Third.Hash, release: null);
        fence.Publish();
        Assert.Equal((Day, Third.Content.Window), (Open().NewestReleasedDay, Open().NewestReleasedWindow));
    }

    [Fact]
    public void A_give_up_is_wanted_until_the_database_has_it()
    {
        var last = new HourWindow(First.Content.Window!.Value.Index + 20);
        var entry = LedgerEntry.Create(
            new LedgerRecord(
                2, LedgerEntryKind.Restored, DateTimeOffset.UnixEpoch, Day, null, LedgerEntry.Genesis, 0, ValuesHash.OfNothing, 0),
            First.Hash);
        Open().GiveUp(entry, Day, last);
        Assert.Equal(FenceFinding.Missing, Open().Inspect(After(First)));
        Assert.Equal(FenceFinding.DatabaseIsOlder, Open().Inspect(new ReleaseState(null, 0, LedgerEntry.Genesis)));
        Assert.Equal(FenceFinding.Committed, Open().Inspect(new ReleaseState(last, 2, entry.Hash)));
        Assert.Null(Open().NewestReleasedDay);

        Open().Restart();
        Assert.Equal(FenceFinding.InOrder, Open().Inspect(new ReleaseState(last, 2, entry.Hash)));
        Assert.Equal((Day, last), (Open().NewestReleasedDay, Open().NewestReleasedWindow));
    }

    [Fact]
    public void Only_the_nodes_account_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("File modes are those of Unix.");
            return;
        }
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Prepare(First);
        Assert.Equal(Own, File.GetUnixFileMode(FencePath));

        // Also where an earlier run was cut off while it wrote, or wrote with another mode.
        foreach (var left in (string[])[FencePath, FencePath + ".new"])
        {
            File.WriteAllText(left, File.ReadAllText(FencePath));
            File.SetUnixFileMode(left, Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        Open().Publish();
        Assert.Equal(Own, File.GetUnixFileMode(FencePath));
        Assert.Single(folder.GetFiles());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"published\":{\"sequence\":1")]
    [InlineData("{\"published\":{\"sequence\":1,\"head\":\"aa\",\"releasedDay\":\"yesterday\",\"releasedThrough\":1},\"prepared\":null}")]
    [InlineData("{\"published\":{\"sequence\":\"one\",\"head\":\"aa\",\"releasedDay\":null,\"releasedThrough\":null},\"prepared\":null}")]
    [InlineData("{\"published\":{\"head\":\"aa\",\"releasedDay\":null,\"releasedThrough\":null},\"prepared\":null}")]
    [InlineData("{\"published\":null,\"prepared\":{}}")]
    public void A_damaged_file_is_refused_with_a_message_that_says_what_to_do(string text)
    {
        File.WriteAllText(FencePath, text);
        AssertRefused();
    }

    [Theory]
    [InlineData("\"values\":[7,-1]", "\"values\":[7,0.5]")]
    [InlineData("\"baselines\":[12.5,-0.25]", "\"baselines\":[12.5,\"warm\"]")]
    [InlineData("\"budgets\":[3,100]", "\"budgets\":[3]")]
    [InlineData("\"budgets\":[3,100]", "\"budgets\":[3000000000,100]")]
    [InlineData("\"activeOwners\":[3,0]", "\"activeOwners\":null")]
    [InlineData("\\u0022keys\\u0022:1", "\\u0022keys\\u0022:one")]
    public void A_damaged_release_in_the_file_is_refused_too(string text, string damaged)
    {
        Prepare(First);
        var whole = File.ReadAllText(FencePath);
        Assert.Contains(text, whole, StringComparison.Ordinal);
        File.WriteAllText(FencePath, whole.Replace(text, damaged, StringComparison.Ordinal));
        AssertRefused();
    }

    void AssertRefused()
    {
        var exception = Assert.Throws<FormatException>(Open);
        Assert.Contains(FencePath, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", exception.Message, StringComparison.Ordinal);
    }

    ReleaseFence Open() => ReleaseFence.Open(FencePath);

    void Prepare(LedgerEntry entry) => Open().Prepare(entry, entry.PreviousHash, Release(entry));

    void Publish(LedgerEntry entry)
    {
        Prepare(entry);
        Open().Publish();
    }

    void PrepareAndFailToPublish(ReleaseFence fence, LedgerEntry entry)
    {
        fence.Prepare(entry, entry.PreviousHash, Release(entry));
        Directory.CreateDirectory(FencePath + ".new"); // stands in the way of the file that would be written
        Assert.ThrowsAny<Exception>(fence.Publish);
        Directory.Delete(FencePath + ".new");
    }

    static PreparedRelease Release(LedgerEntry entry) => new(
        Day, Day.Windows(TimeZoneInfo.Utc)[^1], entry.Content.Window!.Value, entry.PreviousHash, [7, -1], [12.5, -0.25], [],
        [KeyValuePair.Create(3, 100L)], [new ActiveOwner(3, 0)],
        [entry]);

    static ReleaseState After(LedgerEntry entry) => new(entry.Content.Window, entry.Content.Sequence, entry.Hash);

    static LedgerEntry Entry(long sequence, string previousHash, int keys = 1) => LedgerEntry.Create(
        new LedgerRecord(
            sequence, LedgerEntryKind.Window, DateTimeOffset.UnixEpoch, Day,
            new HourWindow(Day.Windows(TimeZoneInfo.Utc)[0].Index + sequence),
            LedgerEntry.Genesis, keys, ValuesHash.OfNothing, 1),
        previousHash);
}
