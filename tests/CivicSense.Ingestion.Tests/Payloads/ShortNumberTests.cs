using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CivicSense.Ingestion.Tests.Payloads;

public sealed class ShortNumberTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("7.4")]
    [InlineData("-12.25")]
    [InlineData("1789000000.001")]
    [InlineData("999999999999999")]
    [InlineData("0.00000000000001")]
    [InlineData("99999999999999.9")]
    public void Is_the_double_nearest_to_what_is_written(string text)
    {
        Assert.Equal(text.Length, ShortNumber.Read(Encoding.ASCII.GetBytes(text), out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)),
            BitConverter.DoubleToInt64Bits(value));
    }

    [Fact]
    public void Agrees_to_the_last_bit_with_the_frameworks_parser_wherever_it_answers()
    {
        var random = new Random(5);
        var answered = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var digits = random.NextInt64((long)Math.Pow(10, random.Next(1, 19))).ToString(CultureInfo.InvariantCulture);
            var point = random.Next(digits.Length);
            var text = (random.Next(2) == 0 ? "-" : "") + (point == 0 ? digits : digits[..point] + "." + digits[point..]);
            var bytes = Encoding.ASCII.GetBytes(text);
            if (ShortNumber.Read(bytes, out var value) is var length && length == 0)
                continue;
            answered++;
            Assert.True(Utf8Parser.TryParse(bytes, out double expected, out var all));
            Assert.Equal(all, length);
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
        }
        Assert.True(answered > 100_000, $"Only {answered} were short.");
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("1E3")]
    [InlineData("12e")]
    [InlineData("1.5E1")]
    [InlineData("9007199254740993")]
    [InlineData("0.1234567890123456")]
    [InlineData("0.123456789012345")]
    public void Leaves_other_numbers_to_the_parser_for_all(string text) =>
        Assert.Equal(0, ShortNumber.Read(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-.5")]
    [InlineData("01")]
    [InlineData("-00.5")]
    [InlineData("NaN")]
    public void What_is_no_number_of_JSON_is_none_here(string text) =>
        Assert.Equal(0, ShortNumber.Read(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Reads_no_further_than_the_number() =>
        Assert.Equal((4, -7.4), (ShortNumber.Read("-7.4,\"t\":1"u8, out var value), value));
}
