using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class GuidelineSectionTests
{
    [Theory]
    [InlineData(8, 11, 14, "That is not above the WHO guideline level for a day (15 µg/m³), more than 99 % sure.",
        "not above, more than 99 % sure")]
    [InlineData(16, 18, 22, "That is above the WHO guideline level for a day (15 µg/m³), more than 99 % sure.",
        "above, more than 99 % sure")]
    [InlineData(12, 15, 18, "cannot be told: the probability is 50 %.", "cannot be told")]
    public void Day_is_compared_by_its_probability_and_not_by_its_value(
        double lower, double value, double upper, string sentence, string shortly)
    {
        var day = new Estimate(
            Area.Parse("0"), Quantity.Pm25, Resolution.Day, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), value, 1,
            lower, upper,
            EstimateStatus.Live);

        Assert.EndsWith(sentence, GuidelineSection.Compare(day, TestWords.English), StringComparison.Ordinal);
        Assert.Equal(shortly, GuidelineSection.CompareShortly(day, TestWords.English));
    }

    [Theory]
    [InlineData(0.9, "90 % sure")]
    [InlineData(0.9399, "93 % sure")]
    [InlineData(0.99, "99 % sure")]
    [InlineData(0.9999, "more than 99 % sure")]
    public void Certainty_is_rounded_down(double probability, string expected) =>
        Assert.Equal(expected, TestWords.English.Sure(probability));
}
