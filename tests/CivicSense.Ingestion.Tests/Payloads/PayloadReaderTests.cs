using System.Text;

namespace CivicSense.Ingestion.Tests.Payloads;

public sealed class PayloadReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("7.4")]
    [InlineData("\"pm2_5\"")]
    [InlineData("null")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("]")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}],")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1},]")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}]x")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}][]")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}] {}")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":1}]\0")]
    [InlineData("[{\"n\":\"pm2_5\",\"v\":01}]")]
    [InlineData("[{\"n\":\"pm2_5\",/* a */\"v\":1}]")]
    [InlineData("\uFEFF[{\"n\":\"pm2_5\",\"v\":1}]")]
    public void What_is_not_one_json_array_or_object_is_malformed(string payload) => Read.IsMalformed(payload);

    [Fact]
    public void White_space_around_is_no_garbage() => Read.Single("\r\n\t [ { \"n\" : \"pm2_5\" , \"v\" : 1 } ] \r\n");

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Eight_levels_are_read_and_nine_are_not(int depth, bool isRead)
    {
        // The pack and the record are two of them.
        var inner = new string('[', depth - 2) + new string(']', depth - 2);
        Assert.Equal(isRead, Read.Payload($$"""[{"n":"pm2_5","v":1,"x":{{inner}}}]""").IsWellFormed);
        Assert.Equal(isRead,
            Read.Payload($$"""{"sensordatavalues":[],"x":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""").IsWellFormed);
    }

    [Theory]
    [InlineData(0xff)]
    [InlineData(0xc0)]
    [InlineData(0xed)]
    [InlineData(0x80)]
    public void Text_that_is_not_utf8_is_malformed_wherever_it_stands(byte bad)
    {
        foreach (var template in new[]
        {
            """[{"n":"~","v":1}]""", """[{"n":"pm2_5","v":1,"~":1}]""", """[{"n":"pm2_5","v":1,"x":"~"}]""",
            """{"esp8266id":"~","sensordatavalues":[]}""", """{"sensordatavalues":[{"value_type":"~","value":"1"}]}""",
        })
        {
            var payload = Encoding.UTF8.GetBytes(template);
            payload[Array.IndexOf(payload, (byte)'~')] = bad;
            Assert.False(Read.Payload(payload).IsWellFormed, template);
        }
    }

    [Fact]
    public void Pack_of_sixty_kibibytes_is_read_whole()
    {
        var records = Enumerable.Range(0, 3300).Select(i => $$"""{"n":"o3","v":{{i % 1000}}}""").ToArray();
        var payload = Encoding.UTF8.GetBytes($"[{string.Join(',', records)}]");
        Assert.InRange(payload.Length, 60 * 1024, 64 * 1024);
        var read = Read.Payload(payload);
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Refused);
        Assert.Equal(records.Length, read.Readings.Count);
        Assert.Equal(299, read.Readings[^1].Value);
    }

    [Fact]
    public void Buffer_forgets_the_message_before()
    {
        var buffer = new ReadingBuffer();
        Assert.True(PayloadReader.TryRead("""[{"n":"pm2_5","v":1},{"n":"co2","v":1}]"""u8, Read.Now, buffer));
        Assert.True(PayloadReader.TryRead("""[{"n":"pm10","v":2}]"""u8, Read.Now, buffer));
        Assert.Equal(2, Assert.Single(buffer.Readings.ToArray()).Value);
        var statistics = new IngestionStatistics();
        buffer.CountRefused(statistics);
        Assert.Equal(0, statistics.Refused);
    }
}
