using System.Diagnostics;

namespace CivicSense.Commons.Tests.Ledger;

public sealed class LedgerEntryTests
{
    /// <summary>One line; broken here only to be read.</summary>
    static readonly string Document = """
        {"sequence":7,"kind":"window","recorded":"2026-06-01T08:10:05Z","day":"2026-06-01","window":"2026-06-01T07:00:00Z",
        "plan":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","keys":4,
        "values":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","rho":0.028,
        "previous":"0000000000000000000000000000000000000000000000000000000000000000"}
        """.ReplaceLineEndings("");

    [Fact]
    public void Document_is_fixed_and_its_sha256_is_the_hash()
    {
        var entry = LedgerEntry.Create(Sample.Record(), LedgerEntry.Genesis);
        Assert.Equal(Document, entry.Document);
        // printf '%s' DOCUMENT | sha256sum
        Assert.Equal("c74826dc0b0676e03972e812fdb6f8e18f65ffae75521cc985ded19656f7a917", entry.Hash);
    }

    [Fact]
    public async Task Anybody_can_check_an_entry_with_sha256sum()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/sha256sum"))
            Assert.Skip("There is no /usr/bin/sha256sum here.");
        var entry = LedgerEntry.Create(
            Sample.Record(kind: LedgerEntryKind.Activity), LedgerEntry.Create(Sample.Record(6), LedgerEntry.Genesis).Hash);
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/sha256sum") { RedirectStandardInput = true, RedirectStandardOutput = true,
                UseShellExecute = false })!;
        await process.StandardInput.WriteAsync(entry.Document);
        process.StandardInput.Close();
        Assert.StartsWith(
            entry.Hash, await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(LedgerEntryKind.Plan)]
    [InlineData(LedgerEntryKind.Window)]
    [InlineData(LedgerEntryKind.Activity)]
    [InlineData(LedgerEntryKind.Restored)]
    public void Document_reads_back_as_the_same_entry(LedgerEntryKind kind)
    {
        var entry = LedgerEntry.Create(Sample.Record(kind: kind), new string('b', 64));
        var read = LedgerEntry.Read(entry.Document);
        Assert.Equal(entry, read);
        Assert.Equal(Sample.Record(kind: kind), read.Content);
        Assert.Equal(new string('b', 64), read.PreviousHash);
    }

    [Theory]
    [InlineData("\"sequence\":7", "\"sequence\":8")]
    [InlineData("\"kind\":\"window\"", "\"kind\":\"restored\"")]
    [InlineData("\"keys\":4", "\"keys\":5")]
    [InlineData("\"rho\":0.028", "\"rho\":0.001")]
    [InlineData("\"rho\":0.028", "\"rho\":0.0280")]
    [InlineData("08:10:05Z", "08:10:06Z")]
    [InlineData("07:00:00Z", "06:00:00Z")]
    [InlineData("aaaa\"", "aaab\"")]
    [InlineData("0000\"}", "0001\"}")]
    public void Tampered_document_has_another_hash(string part, string replacement) =>
        Assert.NotEqual(
            LedgerEntry.Read(Document).Hash, LedgerEntry.Read(Document.Replace(part, replacement, StringComparison.Ordinal)).Hash);

    [Theory]
    [InlineData("\"keys\":4", "\"keys\":\"4\"")]
    [InlineData("\"keys\":4", "\"keys\":4.5")]
    [InlineData("\"keys\":4", "\"keys\":99999999999")]
    [InlineData("\"keys\":4,", "")]
    [InlineData("\"keys\":4", "\"keys\":4,\"keys\":4")]
    [InlineData("\"keys\":4", "\"keys\": 4")]
    [InlineData("\"keys\":4", "\"note\":1,\"keys\":4")]
    [InlineData("\"kind\":\"window\"", "\"kind\":\"gift\"")]
    [InlineData("\"kind\":\"window\"", "\"kind\":\"1\"")]
    [InlineData("\"kind\":\"window\"", "\"kind\":\"99\"")]
    [InlineData("\"kind\":\"window\"", "\"kind\":\"plan,window\"")]
    [InlineData("\"kind\":\"window\"", "\"kind\":null")]
    [InlineData("\"day\":\"2026-06-01\"", "\"day\":\"2026-06-31\"")]
    [InlineData("\"window\":\"2026-06-01T07:00:00Z\"", "\"window\":\"2026-06-01T07:30:00Z\"")]
    [InlineData("\"window\":\"2026-06-01T07:00:00Z\"", "\"window\":7")]
    [InlineData("\"recorded\":\"2026-06-01T08:10:05Z\"", "\"recorded\":\"2026-06-01T08:10:05\"")]
    [InlineData("\"rho\":0.028", "\"rho\":1e99")]
    [InlineData("\"plan\":\"", "\"plan\":null,\"x\":\"")]
    [InlineData("}", "")]
    [InlineData("}", "}}")]
    public void Spoilt_document_is_refused(string part, string replacement)
    {
        var spoilt = Document.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Document, spoilt);
        Assert.Throws<FormatException>(() => LedgerEntry.Read(spoilt));
    }

    [Fact]
    public void Absent_ingest_processes_are_written_only_where_there_are_any()
    {
        var entry = LedgerEntry.Create(Sample.Record() with { AbsentIngestProcesses = 2 }, LedgerEntry.Genesis);

        Assert.Equal(Document.Replace("\"rho\":0.028,", "\"rho\":0.028,\"absentIngestProcesses\":2,", StringComparison.Ordinal),
            entry.Document);
        Assert.Equal(2, LedgerEntry.Read(entry.Document).Content.AbsentIngestProcesses);
        Assert.Equal(0, LedgerEntry.Read(Document).Content.AbsentIngestProcesses);
    }

    [Theory]
    [InlineData("\"rho\":0.028,", "\"rho\":0.028,\"absentIngestProcesses\":0,")]
    [InlineData("\"rho\":0.028,", "\"rho\":0.028,\"absentIngestProcesses\":-1,")]
    [InlineData("\"rho\":0.028,", "\"rho\":0.028,\"absentIngestProcesses\":null,")]
    [InlineData("\"rho\":0.028,", "\"absentIngestProcesses\":1,\"rho\":0.028,")]
    public void Absent_ingest_processes_have_one_written_form(string part, string replacement) =>
        Assert.Throws<FormatException>(() => LedgerEntry.Read(Document.Replace(part, replacement, StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Text_that_is_no_entry_is_refused(string text) => Assert.Throws<FormatException>(() => LedgerEntry.Read(text));
}
