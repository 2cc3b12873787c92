using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>
/// The audits' own test: every bug of the catalogue is put into the source, one at a time, and an audit must fail. See
/// docs/privacy/audits.md.
/// </summary>
public sealed class SeededFaultTests(ITestOutputHelper output)
{
    /// <summary>Audits use more than one thread themselves.</summary>
    const int AtOnce = 2;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_seeded_fault_is_caught()
    {
        var tree = SourceTree.Require();
        var compiler = new RoomCompiler(tree);
        var findings = new ConcurrentDictionary<int, Finding>();
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            FaultCatalogue.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (fault, _) =>
            {
                var began = watch.Elapsed;
                findings[fault.Number] = await FindAsync(tree, compiler, fault);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{findings[fault.Number]} ({(watch.Elapsed - began).TotalSeconds:F1} s)"));
            });

        var missed = findings.Values.Where(finding => !finding.IsCaught).OrderBy(finding => finding.Fault.Number).ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Seeded privacy faults: caught {findings.Count - missed.Length} of {findings.Count}, in {watch.Elapsed.TotalSeconds:F0} s"));
        Assert.True(missed.Length == 0, string.Join(Environment.NewLine, missed.Select(finding => finding.ToString())));
    }

    [Fact]
    public async Task Without_a_fault_the_same_audits_pass()
    {
        // Every room of the catalogue is compiled here, too, so that a failure above comes of the fault and not of the compiler.
        var tree = SourceTree.Require();
        var compiler = new RoomCompiler(tree);
        var rooms = FaultCatalogue.All.Select(fault => fault.Room).Distinct(StringComparer.Ordinal)
            .ToDictionary(RoomCompiler.AssemblyName, compiler.Compile, StringComparer.Ordinal);
        foreach (var audits in FaultCatalogue.All.Select(fault => fault.CaughtBy).GroupBy(audit => (audit.Program, audit.Filter)))
        {
            var names = audits.SelectMany(audit => audit.Names).Distinct(StringComparer.Ordinal);
            var together = new Audit(audits.Key.Program, [.. names]) { Filter = audits.Key.Filter };
            var verdict = await AuditProcess.RunAsync(tree, together, rooms, Cancel);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{together}: {verdict.Passed} passed, {verdict.Failures.Count} failed {verdict.Trouble}"));
            Assert.True(
                verdict is { Trouble: null, Failures.Count: 0, Passed: > 0 }, $"{verdict.Trouble} {string.Join(", ", verdict.Failures)}");
            Assert.True(
                verdict.Unmatched.Count == 0,
                $"{audits.Key.Program} has no tests for {string.Join(", ", verdict.Unmatched)}; name what it has.");
        }
    }

    [Fact]
    public async Task An_audit_that_selects_nothing_is_no_audit()
    {
        var nothing = new Audit(Audit.NormBound.Program, "*.NoSuchTests");
        var verdict = await AuditProcess.RunAsync(SourceTree.Require(), nothing, new Dictionary<string, byte[]>(), Cancel);
        Assert.NotNull(verdict.Trouble);
        Assert.Equal(nothing.Names, verdict.Unmatched);
    }

    [Fact]
    public void Every_fault_still_fits_the_source()
    {
        var tree = SourceTree.Require();
        Assert.All(FaultCatalogue.All, fault => fault.Apply(File.ReadAllText(tree.Source(fault.File))));
    }

    [Fact]
    public void The_catalogue_is_numbered_without_gaps_and_every_fault_changes_something()
    {
        Assert.Equal(Enumerable.Range(1, FaultCatalogue.All.Count), FaultCatalogue.All.Select(fault => fault.Number).Order());
        Assert.All(FaultCatalogue.All, fault => Assert.NotEqual(fault.Find, fault.Replacement));
    }

    [Fact]
    public void A_fault_whose_text_is_gone_or_ambiguous_is_refused()
    {
        var fault = new SeededFault(0, "test", "nothing", "Room/File.cs", "a + b", "a - b", Audit.NormBound);
        Assert.Equal("x = a - b;", fault.Apply("x = a + b;"));
        Assert.Throws<InvalidOperationException>(() => fault.Apply("x = a * b;"));
        Assert.Throws<InvalidOperationException>(() => fault.Apply("x = a + b; y = a + b;"));
        Assert.Equal("y = a - b;", (fault with { Further = [("x", "y")] }).Apply("x = a + b;"));
    }

    static async Task<Finding> FindAsync(SourceTree tree, RoomCompiler compiler, SeededFault fault)
    {
        byte[] faulty;
        try
        {
            faulty = compiler.Compile(fault);
        }
        catch (InvalidOperationException exception)
        {
            return new Finding(fault, IsCaught: false, exception.Message);
        }

        var assemblies = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [RoomCompiler.AssemblyName(fault.Room)] = faulty };
        var first = await AuditProcess.RunAsync(tree, fault.CaughtBy, assemblies, Cancel);
        if (first.Trouble is not null)
            return new Finding(fault, IsCaught: false, $"{fault.CaughtBy}: {first.Trouble}");
        if (first.Failures.Count > 0)
            return new Finding(fault, IsCaught: true, first.Failures[0].ToString());
        foreach (var audit in Audit.LastResorts)
        {
            var verdict = await AuditProcess.RunAsync(tree, audit, assemblies, Cancel);
            // Here it has to be shown for each test that it fails because of the fault.
            var soundly = verdict.Failures.Count == 0
                ? verdict
                : await AuditProcess.RunAsync(tree, audit, new Dictionary<string, byte[]>(), Cancel);
            var anyhow = soundly.Failures.Select(failure => failure.Name);
            if (verdict.Failures.ExceptBy(anyhow, failure => failure.Name, StringComparer.Ordinal).FirstOrDefault() is { } failure)
                return new Finding(fault, IsCaught: true, $"not by {fault.CaughtBy}, but by {failure}");
        }
        return new Finding(fault, IsCaught: false, "every audit passed");
    }

    sealed record Finding(SeededFault Fault, bool IsCaught, string How)
    {
        public override string ToString() => $"{(IsCaught ? "caught" : "MISSED")} {Fault}: {How}";
    }
}
