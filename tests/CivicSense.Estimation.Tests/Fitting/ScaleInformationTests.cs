using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// How well released values can show by how much areas differ: the least standard error that any estimate of that scale can have.
/// </summary>
/// <remarks>
/// Seven areas, 180 days, PM2.5 at epsilon 1 and an activity share of 0.05. The city is taken as known, nothing is clipped and all is
/// normal, so less can be learnt from real releases. The Fisher information about the logarithm of a deviation is Whittle's: half of the
/// mean over the frequencies of (2 f / (f + g + noise))^2 for every hour and area, f and g being the spectra of what is scaled and of
/// the rest (Brockwell and Davis 1991, section 10.8). The table of docs/estimation.md, "How sure the deviations are", is this test's output.
/// </remarks>
public sealed class ScaleInformationTests(ITestOutputHelper output)
{
    const int Areas = 7;
    const int Hours = 180 * 24;

    /// <summary>Of an owner-day that costs 1 at a delta of 1e-6: 1 / sqrt(2 rho) with a rho of 0.028.</summary>
    const double Sigma = 4.225;

    /// <summary>
    /// An interval of 1.96 claimed deviations covers 93 to 97 % of a normal error whose deviation is 2.17/1.96 to 1.81/1.96 of the claimed one.
    /// </summary>
    const double Needed = 0.09;

    static readonly ModelParameters Parameters = ModelParameters.Prior(Quantity.Pm25);

    [Theory]
    [InlineData(3, false)]
    [InlineData(5, false)]
    [InlineData(10, true)]
    [InlineData(20, true)]
    [InlineData(50, true)]
    public void Half_a_year_shows_how_much_areas_differ_only_where_ten_or_more_owners_measure(int owners, bool isShown)
    {
        var spread = Spread.Of(Parameters, default, owners);
        double Local(double frequency) => Spectrum(spread.Local, Parameters.LocalMemory, frequency);
        double Slow(double frequency) => Spectrum(spread.Slow, Parameters.SlowMemory, frequency);
        var noise = Math.Pow(Sigma * Quantity.Pm25.TypicalDayNorm / (Math.Sqrt(0.95) * owners), 2);

        var all = LeastError(frequency => Local(frequency) + Slow(frequency), _ => noise);
        var days = LeastError(Slow, frequency => Local(frequency) + noise);

        output.WriteLine(FormattableString.Invariant($"{owners} owners: D and S together {all:P1}, S alone {days:P1}"));
        Assert.Equal(isShown, days < Needed);
        Assert.True(all < days);
    }

    /// <summary>The least standard error of the logarithm of the deviation of a process with some spectrum, beside the rest.</summary>
    static double LeastError(Func<double, double> scaled, Func<double, double> rest)
    {
        const int Points = 20_000;
        var information = Enumerable.Range(0, Points).Select(point => (point + 0.5) / Points - 0.5)
            .Average(frequency => 0.5 * Math.Pow(2 * scaled(frequency) / (scaled(frequency) + rest(frequency)), 2));
        return 1 / Math.Sqrt(information * Areas * Hours);
    }

    /// <summary>The spectrum of an AR(1), normalised so that its mean over the frequencies is the variance.</summary>
    static double Spectrum(double variance, double memory, double frequency)
    {
        var kept = ModelParameters.Retention(memory, 1);
        return variance * (1 - kept * kept) / (1 + kept * kept - 2 * kept * Math.Cos(2 * Math.PI * frequency));
    }
}
