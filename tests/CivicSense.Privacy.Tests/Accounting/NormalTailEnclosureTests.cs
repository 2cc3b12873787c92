namespace CivicSense.Privacy.Tests;

public sealed class NormalTailEnclosureTests
{
    // 60-digit arithmetic (mpmath); the method changes at 6.
    [Theory]
    [InlineData("0", "1.25331413731550025120788264240552262650349337")]
    [InlineData("0.5", "0.876364456453692346727853142639848860860109798")]
    [InlineData("1", "0.655679542418798471543871230730811283399282333")]
    [InlineData("2.999", "0.304676550771259471975036190609024538551919034")]
    [InlineData("5.999", "0.162403398918817497305549290309691980257836997")]
    [InlineData("6", "0.162377660896867461815682102818993001012854299")]
    [InlineData("3", "0.304590298710103295733612546515722201943320868")]
    [InlineData("5", "0.192808104715315764877465727917516251490302755")]
    [InlineData("10", "0.0990285964717319213953371885953105783455223518")]
    [InlineData("25", "0.0399363047695355925287787015382089135073902398")]
    [InlineData("1000", "0.000999999000002999985000104999055010394864867027")]
    public void Mills_ratio_encloses_forty_digits(string x, string expected)
    {
        var ratio = NormalTailEnclosure.MillsRatio(Enclosure.Of(ReferenceValue.Parse(x).Value));
        var (value, unit) = ReferenceValue.Parse(expected);
        Assert.InRange(ratio.LowEnd, Rational.Zero, value + unit);
        Assert.True(ratio.HighEnd >= value - unit);
        Assert.True(ratio.HighEnd - ratio.LowEnd < Rational.FromDyadic(1, -150));
    }

    [Fact]
    public void Mills_ratio_of_an_interval_covers_its_ends()
    {
        var wide = NormalTailEnclosure.MillsRatio(Enclosure.Between(1, 5));
        Assert.True(wide.HighEnd > NormalTailEnclosure.MillsRatio(Enclosure.Of(1)).LowEnd);
        Assert.True(wide.LowEnd < NormalTailEnclosure.MillsRatio(Enclosure.Of(5)).HighEnd);
    }
}
