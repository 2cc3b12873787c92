using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>MQTT 5.0 section 1.5.4 (strings), 4.7 (topics) and 4.8.2 (shared subscriptions).</summary>
public sealed class TextRuleTests
{
    [Theory]
    [InlineData("", true, "the empty string")]
    [InlineData("00", false, "U+0000, [MQTT-1.5.4-2]")]
    [InlineData("610062", false, "U+0000 inside")]
    [InlineData("EDA080", false, "U+D800, the first surrogate, [MQTT-1.5.4-1]")]
    [InlineData("EDBFBF", false, "U+DFFF, the last surrogate")]
    [InlineData("EDA0BDEDB880", false, "a pair of surrogates, each encoded")]
    [InlineData("ED9FBF", true, "U+D7FF, the last before the surrogates")]
    [InlineData("EE8080", true, "U+E000, the first after them")]
    [InlineData("C080", false, "U+0000 in two bytes")]
    [InlineData("C0AF", false, "an over-long slash")]
    [InlineData("E080AF", false, "an over-long slash of three bytes")]
    [InlineData("F08080AF", false, "an over-long slash of four bytes")]
    [InlineData("C1BF", false, "over-long U+007F")]
    [InlineData("F48FBFBF", true, "U+10FFFF, the last code point")]
    [InlineData("F4908080", false, "above U+10FFFF")]
    [InlineData("F888808080", false, "five bytes")]
    [InlineData("80", false, "a continuation alone")]
    [InlineData("C3", false, "a beginning alone")]
    [InlineData("C3A4C3", false, "cut short")]
    [InlineData("FF", false, "never in UTF-8")]
    [InlineData("EFBFBF", true, "U+FFFF is no character, but allowed (1.5.4: should not)")]
    [InlineData("EFBFBE", true, "U+FFFE likewise")]
    [InlineData("01", true, "a control character likewise")]
    [InlineData("EFBBBF61", true, "U+FEFF is a zero width no-break space and stays, [MQTT-1.5.4-3]")]
    [InlineData("F09D849E", true, "U+1D11E, beyond the basic plane")]
    public void Strings_are_well_formed_utf8_without_nul(string hex, bool isValid, string what)
    {
        byte[] text = Convert.FromHexString(hex);
        Assert.Equal((what, isValid), (what, MqttText.IsValid(text)));
        Assert.Equal((what, isValid && text.Length > 0), (what, MqttText.IsTopicName(text)));
        Assert.Equal((what, isValid && text.Length > 0), (what, MqttText.IsTopicFilter(text)));
        var reader = new PacketReader(PacketBuilder.Binary(text));
        Assert.Equal((what, isValid), (what, reader.TryReadString(out _)));
    }

    [Theory]
    [InlineData("$share/group/a", true)]
    [InlineData("$share/group/#", true)]
    [InlineData("$share/group/+/b/#", true)]
    [InlineData("$share/group//", true)]
    [InlineData("$share/g/$SYS/a", true)]
    [InlineData("$share//a", false)]
    [InlineData("$share/group", false)]
    [InlineData("$share/group/", false)]
    [InlineData("$share/gr+up/a", false)]
    [InlineData("$share/#", false)]
    [InlineData("$share/+/a", false)]
    [InlineData("$share/group/a#", false)]
    [InlineData("$share/group/#/a", false)]
    [InlineData("$shared/+", true)]
    [InlineData("$share", true)]
    public void Shared_filters_have_a_name_and_a_filter_as_in_section_4_8_2(string filter, bool isValid) =>
        Assert.Equal(isValid, MqttText.IsTopicFilter(Encoding.UTF8.GetBytes(filter)));

    [Fact]
    public void A_shared_filter_is_split_into_name_and_filter()
    {
        Assert.True(MqttText.TrySplitShared("$share/group/a/+/#"u8, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> filter));
        Assert.Equal(("group", "a/+/#"), (Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(filter)));
        Assert.False(MqttText.TrySplitShared("a/b"u8, out _, out _));
    }

    [Fact]
    public void The_longest_topic_is_65535_bytes()
    {
        byte[] topic = Enumerable.Repeat((byte)'a', 65_536).ToArray();
        Assert.True(MqttText.IsTopicName(topic.AsSpan(1)));
        Assert.True(MqttText.IsTopicFilter(topic.AsSpan(1)));
        Assert.False(MqttText.IsTopicName(topic));
        Assert.False(MqttText.IsTopicFilter(topic));
    }

    [Fact]
    public void A_topic_of_nothing_but_slashes_has_one_level_more_than_slashes()
    {
        Assert.Equal(4, MqttText.CountLevels("///"u8));
        Assert.True(MqttText.Matches("+/+/+/+"u8, "///"u8));
        Assert.False(MqttText.Matches("+/+/+"u8, "///"u8));
    }
}
