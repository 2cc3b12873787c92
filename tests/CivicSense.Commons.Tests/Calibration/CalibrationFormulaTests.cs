using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Commons.Tests.Calibration;

public sealed class CalibrationFormulaTests
{
    public static TheoryData<string> Ids => [.. CalibrationFormula.All.Select(formula => formula.Id)];

    static Gen<double> Numbers { get; } = ArbMap.Default.GeneratorFor<NormalFloat>().Select(any => any.Get);

    static Arbitrary<(double Raw, double Humidity)> Inputs { get; } = Arb.From(
        from raw in Gen.OneOf(Gen.Choose(-10, 2_100).Select(number => number / 1.7), Numbers)
        from humidity in Gen.OneOf(Gen.Choose(0, 100).Select(percent => (double)percent), Numbers)
        select (raw, humidity));

    [Fact]
    public void Identifiers_are_what_plans_hold() =>
        Assert.Equal(
            ["none", "barkjohn-2021", "epa-2021-cf1", "epa-2021-atm", "hackair-2018"],
            CalibrationFormula.All.Select(formula => formula.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_formula_is_found_by_its_identifier(string id)
    {
        Assert.True(CalibrationFormula.TryFind(id, out var formula));
        Assert.Equal(id, formula.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("EPA-2021-ATM")]
    [InlineData("epa-2021")]
    public void Nothing_else_is_found(string id) => Assert.False(CalibrationFormula.TryFind(id, out _));

    /// <summary>Worked out by hand from the coefficients as published; see the formulas' own comments for where.</summary>
    [Theory]
    [InlineData("barkjohn-2021", "pm2_5", 10, 50.0, 6.68)] // 5.24 - 4.31 + 5.75
    [InlineData("barkjohn-2021", "pm2_5", 100, 80.0, 51.254)]
    [InlineData("epa-2021-cf1", "pm2_5", 100, 40.0, 54.31)] // 52 - 3.44 + 5.75
    [InlineData("epa-2021-cf1", "pm2_5", 343, 50.0, 179.81)]
    [InlineData("epa-2021-cf1", "pm2_5", 400, 50.0, 249.85)] // 184 + 62.88 + 2.97
    [InlineData("epa-2021-atm", "pm2_5", 20, 60.0, 11.058)]
    [InlineData("epa-2021-atm", "pm2_5", 40, 60.0, 26.778)] // the slope half-way, 0.655
    [InlineData("epa-2021-atm", "pm2_5", 100, 60.0, 79.178)]
    [InlineData("epa-2021-atm", "pm2_5", 235, 60.0, 199.61145)] // the mean of 185.288 and 213.9349
    [InlineData("epa-2021-atm", "pm2_5", 300, 60.0, 289.526)]
    [InlineData("hackair-2018", "pm2_5", 20, 80.0, 18.6647625)]
    [InlineData("hackair-2018", "pm10", 20, 80.0, 16.3684244)]
    [InlineData("hackair-2018", "pm2_5", 20, 100.0, 13.4448358)] // 20 / 1.48756
    [InlineData("hackair-2018", "pm10", 20, 100.0, 11.0157029)] // 20 / 1.81559
    [InlineData("none", "pm2_5", 20, 100.0, 20)]
    public void Published_coefficients_give_these_values(string id, string quantity, double raw, double humidity, double expected) =>
        Assert.Equal(expected, Find(id).Apply(QuantityOf(quantity), raw, humidity), tolerance: 1e-6);

    [Theory]
    [InlineData("barkjohn-2021", 50)]
    [InlineData("epa-2021-cf1", 50)]
    [InlineData("epa-2021-atm", 50)]
    [InlineData("hackair-2018", 0)]
    public void Without_a_humidity_a_stated_one_stands_in(string id, double humidity)
    {
        var formula = Find(id);
        Assert.Equal(humidity, formula.HumidityWhenMissing);
        Assert.All(formula.Quantities, quantity => Assert.Equal(formula.Apply(quantity, 33, humidity), formula.Apply(quantity, 33, null)));
    }

    [Fact]
    public void The_sds011_formula_changes_nothing_without_a_humidity()
    {
        Assert.Equal(20, CalibrationFormula.HackAir2018.Apply(Quantity.Pm25, 20, null));
        Assert.Equal(20, CalibrationFormula.HackAir2018.Apply(Quantity.Pm10, 20, null));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(210)]
    [InlineData(260)]
    public void The_pieces_of_the_atm_form_join(double joint)
    {
        foreach (var humidity in (double[])[0, 35, 100])
        {
            var before = CalibrationFormula.Epa2021Atm.Apply(Quantity.Pm25, Math.BitDecrement(joint), humidity);
            Assert.Equal(before, CalibrationFormula.Epa2021Atm.Apply(Quantity.Pm25, joint, humidity), tolerance: 1e-9);
        }
    }

    [Theory]
    [InlineData(0, 22.876057)]
    [InlineData(100, 31.476057)]
    public void The_cf1_form_jumps_at_343_as_published(double humidity, double jump)
    {
        var before = CalibrationFormula.Epa2021Cf1.Apply(Quantity.Pm25, 343, humidity);
        var after = CalibrationFormula.Epa2021Cf1.Apply(Quantity.Pm25, Math.BitIncrement(343), humidity);
        Assert.Equal(jump, after - before, tolerance: 1e-6);
    }

    [Fact]
    public void Clean_damp_air_is_zero_and_not_less()
    {
        // 0.524 - 8.62 + 5.75 is below zero.
        foreach (var formula in CalibrationFormula.All.Where(formula => formula.HumidityWhenMissing == 50))
            Assert.Equal(0, formula.Apply(Quantity.Pm25, 1, 100));
    }

    [Fact]
    public void Humidity_counts_as_at_most_100_and_at_least_0_percent()
    {
        foreach (var formula in CalibrationFormula.All)
        {
            Assert.Equal(formula.Apply(Quantity.Pm25, 40, 100), formula.Apply(Quantity.Pm25, 40, 140));
            Assert.Equal(formula.Apply(Quantity.Pm25, 40, 0), formula.Apply(Quantity.Pm25, 40, -3));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Results_are_finite_and_in_the_valid_range(string id)
    {
        var formula = Find(id);
        Prop.ForAll(Inputs, input =>
        {
            foreach (var quantity in formula.Quantities)
                Assert.True(quantity.IsValid(formula.Apply(quantity, input.Raw, input.Humidity)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void More_dust_never_gives_less(string id)
    {
        var formula = Find(id);
        Prop.ForAll(Inputs, Inputs, (one, other) =>
        {
            var (low, high) = (Math.Min(one.Raw, other.Raw), Math.Max(one.Raw, other.Raw));
            foreach (var quantity in formula.Quantities)
            {
                // The last bits of a blend may differ.
                Assert.True(formula.Apply(quantity, low, one.Humidity) <= formula.Apply(quantity, high, one.Humidity) + 1e-9);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void What_a_formula_is_not_for_comes_back_as_it_is(string id)
    {
        var formula = Find(id);
        foreach (var quantity in Quantity.All.Where(quantity => !formula.AppliesTo(quantity)))
            Assert.Equal(-12345.5, formula.Apply(quantity, -12345.5, 80));
        Assert.DoesNotContain(Quantity.Laeq, formula.Quantities);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void What_is_no_number_is_refused_without_telling_it(string id)
    {
        var formula = Find(id);
        Assert.Equal("The raw value is no number. (Parameter 'raw')",
            Assert.Throws<ArgumentException>(() => formula.Apply(Quantity.Pm25, double.NaN, 12.5)).Message);
        Assert.Equal("The humidity is no number. (Parameter 'relativeHumidity')",
            Assert.Throws<ArgumentException>(() => formula.Apply(Quantity.Pm25, 12.5, double.NaN)).Message);
    }

    static CalibrationFormula Find(string id) =>
        CalibrationFormula.TryFind(id, out var formula) ? formula : throw new ArgumentException("Unknown.", nameof(id));

    static Quantity QuantityOf(string id) =>
        Quantity.TryFind(id, out var quantity) ? quantity : throw new ArgumentException("Unknown.", nameof(id));
}
