namespace CivicSense.Commons.Tests.Ledger;

public sealed class LedgerVerifierTests
{
    readonly MemoryCommons commons = new();

    public LedgerVerifierTests()
    {
        var plan = PlanDocument.Hash(commons.Plan!);
        commons.Append(Sample.Record(1, LedgerEntryKind.Plan) with { PlanHash = plan, Keys = 0 });
        commons.Append(Sample.Record(2) with { PlanHash = plan, Keys = 2, ValuesHash = ValuesHash.Of(commons.Measurements) });
        commons.Append(Sample.Record(3, LedgerEntryKind.Activity)
            with { PlanHash = plan, Keys = 2, ValuesHash = ValuesHash.Of(commons.Activity) });
        commons.Append(Sample.Record(4, LedgerEntryKind.Restored) with { PlanHash = "", Keys = 0 });
    }

    [Fact]
    public async Task Whole_ledger_has_no_problem()
    {
        var verdict = await VerifyAsync();
        Assert.Empty(verdict.Problems);
        Assert.Equal((4L, 4L, commons.Entries[^1].Hash), (verdict.Entries, verdict.Values, verdict.Head));
    }

    [Fact]
    public async Task Empty_ledger_has_no_problem()
    {
        commons.Entries.Clear();
        commons.Measurements.Clear();
        commons.Activity.Clear();
        Assert.Equal((0L, LedgerEntry.Genesis, 0), await VerifyAsync() is var v ? (v.Entries, v.Head, v.Problems.Count) : default);
    }

    [Fact]
    public async Task Values_that_no_entry_speaks_of_are_found()
    {
        var other = new HourWindow(Sample.Window.Index + 3);
        commons.Measurements.Add(commons.Measurements[0] with { Window = other });
        commons.Activity.Add(commons.Activity[0] with { Day = Sample.Day.Next });
        Assert.Equal(
            [$"Values of {other} are published, but the ledger does not say so.",
                $"The activity of {Sample.Day.Next} is published, but the ledger does not say so."],
            (await VerifyAsync()).Problems);
    }

    [Fact]
    public async Task Window_released_twice_is_found()
    {
        commons.Append(commons.Entries[1].Content with { Sequence = 5 });
        Assert.Equal(["Entry 5 releases what an earlier entry has released already."], (await VerifyAsync()).Problems);
    }

    [Fact]
    public async Task Entry_with_another_cost_than_its_plan_is_found()
    {
        commons.Append(Sample.Record(5, LedgerEntryKind.Plan) with { PlanHash = PlanDocument.Hash(commons.Plan!), Keys = 0, Rho = 0.001m });
        Assert.Equal([$"Entry 5: its rho is not that of the plan of {Sample.Day}."], (await VerifyAsync()).Problems);
    }

    [Fact]
    public async Task Verifier_can_be_asked_again()
    {
        var verifier = new LedgerVerifier(commons);
        commons.Measurements[0] = commons.Measurements[0] with { Value = 0 };
        var spoilt = await verifier.VerifyAsync(CancellationToken.None);
        commons.Measurements[0] = Sample.Measurements()[0];
        var whole = await verifier.VerifyAsync(CancellationToken.None);
        Assert.NotEmpty(spoilt.Problems);
        Assert.Empty(whole.Problems);
        Assert.Equal(4, whole.Values);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Changed_entry_breaks_the_chain_after_it(int index)
    {
        var entry = commons.Entries[index];
        commons.Entries[index] = LedgerEntry.Create(entry.Content with { Rho = 0.001m }, entry.PreviousHash);
        Assert.Contains(
            (await VerifyAsync()).Problems, problem => problem.StartsWith($"Entry {index + 2} does not follow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_newest_entry_does_not_match_the_head()
    {
        commons.Entries[^1] = LedgerEntry.Create(commons.Entries[^1].Content with { Rho = 0.001m }, commons.Entries[^1].PreviousHash);
        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("head", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Removed_entry_is_missed()
    {
        commons.Entries.RemoveAt(1);
        Assert.Contains(
            (await VerifyAsync()).Problems, problem => problem.StartsWith("Entry 3 stands where 2 is due", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entry_that_repeats_a_number_ends_the_check_instead_of_sending_it_round_for_ever()
    {
        // The row stands in its place, but its document says that it is the first again.
        commons.Entries[2] = LedgerEntry.Create(commons.Entries[2].Content with { Sequence = 1 }, commons.Entries[2].PreviousHash);
        var verdict = await VerifyAsync();
        Assert.Contains(verdict.Problems, problem => problem.StartsWith("Entry 1 stands after entry 2", StringComparison.Ordinal));
        Assert.Equal(2, verdict.Entries);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public async Task Impossible_number_is_a_problem_and_no_failure(long sequence)
    {
        commons.Entries[2] = LedgerEntry.Create(commons.Entries[2].Content with { Sequence = sequence }, commons.Entries[2].PreviousHash);
        Assert.NotEmpty((await VerifyAsync()).Problems);
    }

    [Fact]
    public async Task Entry_that_cannot_be_read_is_a_problem_and_no_failure()
    {
        commons.Unreadable = true;
        Assert.Contains((await VerifyAsync()).Problems, problem => problem.Contains("no ledger entry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_removed_and_added_values_do_not_match_their_entry()
    {
        commons.Measurements[0] = commons.Measurements[0] with { Value = -41 };
        commons.Activity.RemoveAt(1);
        var problems = (await VerifyAsync()).Problems;
        Assert.Equal(["Entry 2", "Entry 3"], problems.Select(problem => problem[..7]));
        Assert.All(problems, problem =>
            Assert.EndsWith("the released values are not the ones that the ledger fixed.", problem, StringComparison.Ordinal));

        commons.Measurements[0] = Sample.Measurements()[0];
        commons.Measurements.Add(Sample.Measurements()[0] with { Quantity = Quantity.O3 });
        Assert.Contains((await VerifyAsync()).Problems, problem => problem.StartsWith("Entry 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changed_or_missing_plan_does_not_match_its_entries()
    {
        commons.Plan = commons.Plan! with { Rho = 0.001m };
        Assert.Equal(3, (await VerifyAsync()).Problems.Count);
        commons.Plan = null;
        Assert.Equal(3, (await VerifyAsync()).Problems.Count);
    }

    async Task<LedgerVerdict> VerifyAsync() =>
        await new LedgerVerifier(commons).VerifyAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Released values in memory that a test can spoil; the stored head is what it was when the last entry was appended.</summary>
    sealed class MemoryCommons : ICommons
    {
        readonly List<long> rows = [];

        public ReleasePlan? Plan { get; set; } = Sample.Plan();

        public List<NoisyMeasurement> Measurements { get; } = [.. Sample.Measurements()];

        public List<NoisyActivity> Activity { get; } = [.. Sample.Activity()];

        public List<LedgerEntry> Entries { get; } = [];

        public LedgerSummary? Summary { get; set; }

        public bool Unreadable { get; set; }

        public void Append(LedgerRecord record)
        {
            Entries.Add(LedgerEntry.Create(record, Entries.Count == 0 ? LedgerEntry.Genesis : Entries[^1].Hash));
            rows.Add(record.Sequence);
            Summary = new LedgerSummary(Entries.Count, Entries[^1].Hash, 1, 0.028m);
        }

        public ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
            new(Plan?.Day == day ? Plan : null);

        public ValueTask<ReleasePlan?> FindLatestPlanAsync(CancellationToken cancellationToken) => new(Plan);

        public ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(
            MeasurementQuery query, CancellationToken cancellationToken) =>
            new([.. Measurements.Where(measurement => measurement.Window >= query.From && measurement.Window < query.Until)]);

        public ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
            PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken) =>
            new([.. Activity.Where(activity => activity.Day >= from && activity.Day < until)]);

        public ValueTask<IReadOnlyList<ModelVersion>> ReadModelVersionsAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<ModelVersion>>([]);

        public ValueTask<IReadOnlyList<ReferenceValue>> ReadReferenceValuesAsync(
            HourWindow from, HourWindow until, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
        {
            if (Unreadable)
                throw new FormatException("Spoilt.");
            // As a table with the number as its key: a document may say another number than its row.
            return new([.. Entries.Zip(rows).Where(pair => pair.Second > afterSequence).Take(limit).Select(pair => pair.First)]);
        }

        public ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken) =>
            new(Entries.Count == 0 ? new LedgerSummary(0, LedgerEntry.Genesis, 0, 0) : Summary!);

        public ValueTask<IReadOnlyList<EstimateRevision>> ReadEstimateRevisionsAsync(
            EstimateRevisionQuery query, CancellationToken cancellationToken) => new([]);

        public ValueTask<RevisionHistory> ReadRevisionHistoryAsync(CancellationToken cancellationToken) =>
            new(new RevisionHistory(null, DateTimeOffset.UnixEpoch));

        public ValueTask<IReadOnlyList<Estimate>> ReadEstimatesAsync(EstimateQuery query, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<Estimate>> ReadLatestEstimatesAsync(
            Resolution resolution, CancellationToken cancellationToken) => new([]);
    }
}
