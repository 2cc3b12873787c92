using System.Globalization;

namespace CivicSense.Commons.Tests.Planning;

public sealed class PlanDocumentTests
{
    /// <summary>One line; broken here only to be read.</summary>
    static readonly string Document = """
        {"day":"2026-06-01","timeZone":"Europe/London","firstWindow":"2026-06-01T02:00:00Z",
        "lastWindow":"2026-06-01T22:00:00Z","clock":"wall","rho":0.028,"sigma":4.225771273642583,
        "grid":1073741824,"activityShare":0.05,"activityWeight":268435456,"pacing":1.5,"areas":[{"area":"0313131311","enrolledOwners":7},
        {"area":"0313131312","enrolledOwners":9}],"quantities":[{"quantity":"pm2_5","share":0.40,"weight":0.42,"cap":1.0986122886681098},
        {"quantity":"laeq","share":0.30,"weight":0.27,"cap":1.5}]}
        """.ReplaceLineEndings("");

    [Fact]
    public void Written_form_is_fixed() => Assert.Equal(Document, PlanDocument.Write(Sample.Plan()));

    [Fact]
    public void Hash_is_the_sha256_of_the_written_form() =>
        // printf '%s' DOCUMENT | sha256sum
        Assert.Equal("d8ed32112b55be59bb3d5a1e589d0e4a7b972ac739cce887463bb0dff3a269e5", PlanDocument.Hash(Sample.Plan()));

    /// <summary>Such plans were written before there was pacing, and their hashes stand in ledgers.</summary>
    [Fact]
    public void Plan_without_pacing_is_one_from_before_and_keeps_its_hash()
    {
        var old = Document.Replace(""","pacing":1.5""", "", StringComparison.Ordinal);
        var plan = PlanDocument.Read(old);
        Assert.Equal(0, plan.Pacing);
        Assert.Equal(old, PlanDocument.Write(plan));
        // Recorded when no plan had a pacing.
        Assert.Equal("32b035d4b2e7be588c3b969b9022689cd5f0e9f54f4f190049687044f31e0d87", PlanDocument.Hash(plan));
        Assert.Equal(plan, Sample.Plan() with { Pacing = 0 });
    }

    [Fact]
    public void Written_plan_reads_back_equal_and_writes_the_same()
    {
        var plan = PlanDocument.Read(Document);
        Assert.Equal(Sample.Plan(), plan);
        Assert.Equal(Sample.Plan().GetHashCode(), plan.GetHashCode());
        Assert.Equal(Document, PlanDocument.Write(plan));
    }

    [Fact]
    public void Calibrations_come_last_and_read_back()
    {
        var plan = Sample.Plan() with
        {
            Calibrations = [new("pms5003", CalibrationFormula.Epa2021Atm), new("sds011", CalibrationFormula.HackAir2018)],
        };
        var document = Document[..^1]
            + ""","calibrations":[{"model":"pms5003","formula":"epa-2021-atm"},{"model":"sds011","formula":"hackair-2018"}]}""";
        Assert.Equal(document, PlanDocument.Write(plan));
        Assert.Equal(plan, PlanDocument.Read(document));
        Assert.Equal(plan.Calibrations, PlanDocument.Read(document).Calibrations);
    }

    /// <summary>Such plans were written before there were any, and their hashes stand in ledgers: <see cref="Document"/> is one.</summary>
    [Fact]
    public void Plan_without_calibrations_is_one_that_has_none()
    {
        Assert.Empty(PlanDocument.Read(Document).Calibrations);
        Assert.DoesNotContain("calibrations", PlanDocument.Write(Sample.Plan()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"model":"SDS011","formula":"hackair-2018"}]""")]
    [InlineData("""[{"model":"","formula":"hackair-2018"}]""")]
    [InlineData("""[{"model":"sds011","formula":"hackair-2031"}]""")]
    [InlineData("""[{"model":"sds011"}]""")]
    [InlineData("""[null]""")]
    [InlineData("""{"sds011":"hackair-2018"}""")]
    public void Spoilt_calibrations_are_refused(string calibrations) =>
        Assert.Throws<FormatException>(() => PlanDocument.Read($"{Document[..^1]},\"calibrations\":{calibrations}}}"));

    [Fact]
    public void Culture_of_the_machine_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            // Decimal commas, an era that is not ours, and other digits.
            foreach (var culture in new[] { "de-DE", "th-TH", "ar-SA" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                Assert.Equal(Document, PlanDocument.Write(PlanDocument.Read(Document)));
                Assert.Equal(LedgerEntry.Create(Sample.Record(), LedgerEntry.Genesis), LedgerEntry.Read(
                    LedgerEntry.Create(Sample.Record(), LedgerEntry.Genesis).Document));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Any_change_changes_equality_and_hash()
    {
        var plan = Sample.Plan();
        ReleasePlan[] others =
        [
            plan with { Day = plan.Day.Next }, plan with { TimeZone = "UTC" }, plan with { FirstWindow = plan.FirstWindow.Next },
            plan with { LastWindow = plan.LastWindow.Next }, plan with { Clock = ClockMode.Event },
            plan with { Areas = [plan.Areas[0]] }, plan with { Areas = [plan.Areas[0], plan.Areas[1] with { EnrolledOwners = 10 }] },
            plan with { Areas = [plan.Areas[1], plan.Areas[0]] }, plan with { Quantities = [plan.Quantities[0]] },
            plan with { Quantities = [plan.Quantities[0], plan.Quantities[1] with { Cap = 1.6 }] }, plan with { Rho = 0.0280001m },
            plan with { Sigma = double.BitIncrement(plan.Sigma) }, plan with { Grid = plan.Grid + 1 }, plan with { ActivityShare = 0.06m },
            plan with { ActivityWeight = 1 }, plan with { Pacing = 0 }, plan with { Pacing = 1 },
            plan with { Calibrations = [new("sds011", CalibrationFormula.HackAir2018)] },
            plan with { Calibrations = [new("sds011", CalibrationFormula.Epa2021Atm)] },
        ];
        Assert.All(others, other => Assert.NotEqual(plan, other));
        Assert.Equal(others.Length + 1, others.Append(plan).Select(PlanDocument.Hash).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"day":"2026-06-01","day":"2026-06-01"}""")]
    public void Text_that_is_no_plan_is_refused(string text) => Assert.Throws<FormatException>(() => PlanDocument.Read(text));

    [Theory]
    [InlineData("\"2026-06-01\",", "\"2026-06-31\",")]
    [InlineData("\"grid\":1073741824", "\"grid\":1.5")]
    [InlineData("\"grid\":1073741824", "\"grid\":99999999999999999999")]
    [InlineData("\"grid\":1073741824", "\"grid\":\"1073741824\"")]
    [InlineData("\"grid\":1073741824,", "")]
    [InlineData("\"pacing\":1.5", "\"pacing\":\"even\"")]
    [InlineData("0313131311", "0313131314")]
    [InlineData("pm2_5", "co2")]
    [InlineData("\"rho\":0.028", "\"rho\":1e99")]
    [InlineData("\"areas\":[", "\"areas\":[null,")]
    [InlineData("\"firstWindow\":\"2026-06-01T02:00:00Z\"", "\"firstWindow\":\"soon\"")]
    public void Spoilt_plan_is_refused(string part, string replacement)
    {
        var spoilt = Document.Replace(part, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Document, spoilt);
        Assert.Throws<FormatException>(() => PlanDocument.Read(spoilt));
    }

    [Fact]
    public void Keys_are_numbered_area_by_area_and_windows_run_from_the_first_to_the_last()
    {
        var plan = Sample.Plan();
        Assert.Equal(4, plan.KeyCount);
        Assert.Equal([0, 1, 2, 3], new[] { plan.KeyIndex(0, 0), plan.KeyIndex(0, 1), plan.KeyIndex(1, 0), plan.KeyIndex(1, 1) });
        var windows = plan.Windows().ToArray();
        Assert.Equal(21, windows.Length);
        Assert.Equal(("2026-06-01T02:00:00Z", "2026-06-01T22:00:00Z"), (windows[0].ToString(), windows[^1].ToString()));
    }
}
