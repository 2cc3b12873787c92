using System.Globalization;

namespace CivicSense.Commons.Tests;

public sealed class TemplateTests
{
    static readonly CultureInfo Spanish = CultureInfo.GetCultureInfo("es-ES");

    [Fact]
    public void Holes_are_filled_and_numbers_are_written_as_the_language_does()
    {
        Assert.Equal("a 1,5 {b", Template.Fill("a {x} {b", Spanish, [("x", 1.5)]));
        Assert.Equal("x", Template.Fill("x", Spanish, []));
    }

    [Fact]
    public void Values_are_not_read_as_texts() =>
        Assert.Equal("{y}", Template.Fill("{x}", Spanish, [("x", "{y}"), ("y", "no")]));

    [Fact]
    public void A_hole_without_a_value_is_an_error() =>
        Assert.Throws<KeyNotFoundException>(() => Template.Fill("{x}", Spanish, [("y", 1)]));

    [Fact]
    public void Names_are_those_of_values_and_of_addresses() =>
        Assert.Equal(["@there", "x", "y"], Template.Names("{x} **{y}** [go {x}](there)"));

    [Fact]
    public void A_text_is_taken_apart_in_its_order() => Assert.Equal(
        [
            new TemplatePart(TemplatePartKind.Plain, "a ", ""), new TemplatePart(TemplatePartKind.Hole, "", "x"),
            new TemplatePart(TemplatePartKind.Strong, "b {y}", ""), new TemplatePart(TemplatePartKind.Link, "go **there**", "address"),
            new TemplatePart(TemplatePartKind.Plain, " {", ""),
        ],
        Template.Read("a {x}**b {y}**[go **there**](address) {"));
}
