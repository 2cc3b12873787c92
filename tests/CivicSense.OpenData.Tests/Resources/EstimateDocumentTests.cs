using System.Text;
using System.Text.Json;
using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.OpenData.Tests;

/// <summary>The page that is written without rows is the one that the serializer makes of rows.</summary>
public sealed class EstimateDocumentTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly OpenDataOptions Options = new();

    [Fact]
    public void A_page_of_several_series_is_what_the_serializer_writes()
    {
        Estimate[] page =
        [
            .. from area in (Area[])[default, Area.Parse("03131303010")]
               from quantity in Quantity.All
               from resolution in Enum.GetValues<Resolution>()
               from status in Enum.GetValues<EstimateStatus>()
               select Of(12.34567, area, quantity, resolution) with { Status = status },
        ];
        Assert.Equal(ByTheSerializer(page, null), Written(page, null));
        Assert.Contains(page, estimate => Options.IsTooUncertain(estimate));
        Assert.Contains(page, estimate => !Options.IsTooUncertain(estimate));
    }

    [Theory]
    [InlineData("/api/v1/areas/world/estimates?quantity=pm2_5&cursor=MTc2")]
    [InlineData("https://airé.example/\"?<>&")]
    public void The_next_page_is_written_as_the_serializer_does(string next) => Assert.Equal(ByTheSerializer([], next), Written([], next));

    [Fact]
    public void Parts_of_seconds_are_written_as_the_serializer_does()
    {
        Estimate[] page = [.. ((long[])[1, 10, 5_000_000, 9_999_999]).Select(ticks => Of(1) with { Start = Start.AddTicks(ticks) })];
        Assert.Equal(ByTheSerializer(page, null), Written(page, null));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.00001)]
    [InlineData(0.00005)]
    [InlineData(0.00015)]
    [InlineData(-0.0001)]
    [InlineData(0.1)]
    [InlineData(100)]
    [InlineData(-3.5)]
    [InlineData(1.00005)]
    [InlineData(99_999_999_999.9999)]
    [InlineData(100_000_000_000.0001)]
    [InlineData(1e15)]
    [InlineData(1e16)]
    [InlineData(1.7976931348623157e308)]
    [InlineData(5e-324)]
    public void Numbers_at_the_edges_are_written_as_the_serializer_does(double value) =>
        Assert.Equal(ByTheSerializer(value), Written(value));

    [Fact]
    public void Any_number_is_written_as_the_serializer_does() => Prop.ForAll<NormalFloat>(
        number => ByTheSerializer(number.Get) == Written(number.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_number_of_ten_thousandths_is_written_as_the_serializer_does() => Prop.ForAll<int, byte>(
        (whole, part) => ByTheSerializer(whole / 10_000.0 + part / 2_560_000.0) == Written(whole / 10_000.0 + part / 2_560_000.0))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_number_is_refused(double value) => Assert.Throws<ArgumentException>(() => Written(value));

    static Estimate Of(double value, Area area = default, Quantity? quantity = null, Resolution resolution = Resolution.Hour) => new(
        area, quantity ?? Quantity.Pm25, resolution, Start, Start.AddHours(1), value, Math.Abs(value) / 3, value - 1, value + 1,
        EstimateStatus.Final);

    static string Written(double value)
    {
        var text = new byte[32];
        return Encoding.UTF8.GetString(text, 0, RowNumber.WriteRounded(text, value));
    }

    static string ByTheSerializer(double value) => JsonSerializer.Serialize(RowNumber.Rounded(value), PublicJson.Options);

    static string Written(Estimate[] page, string? next) =>
        Encoding.UTF8.GetString(EstimateDocument.Write(page, next, "CC-BY-4.0", Options));

    static string ByTheSerializer(Estimate[] page, string? next) => JsonSerializer.Serialize(
        new RowPage<EstimateRow> { Items = [.. page.Select(estimate => EstimatesResource.Row(estimate, Options))], Next = next,
            Licence = "CC-BY-4.0" },
        PublicJson.Options);
}
