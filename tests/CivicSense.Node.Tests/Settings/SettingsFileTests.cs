using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.OpenData;

namespace CivicSense.Node.Tests.Settings;

public sealed class SettingsFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_display_limit_is_set_for_a_quantity_and_the_others_keep_theirs()
    {
        var options = Public("""{ "displayLimits": { "pm2_5": 2.5, "laeq": 1000 } }""");
        var untouched = new OpenDataOptions();
        Assert.Equal(2.5, options.DisplayLimits["pm2_5"]);
        Assert.Equal(1000, options.DisplayLimits["laeq"]);
        Assert.Equal(untouched.DisplayLimits["no2"], options.DisplayLimits["no2"]);
        Assert.Equal(untouched.DisplayLimits.Count, options.DisplayLimits.Count);
    }

    [Fact]
    public void The_page_size_of_the_API_is_set() =>
        Assert.Equal((250, 1000), (Public("""{ "http": { "pageSize": 250 } }""").PageSize, Public("{}").PageSize));

    [Fact]
    public void A_notice_is_one_sentence_or_one_for_each_language()
    {
        var (english, spanish) = (LanguageCatalogue.Original, LanguageCatalogue.Find("es")!);
        var one = Public("""{ "notice": "Medimos.", "language": "es" }""").Notice!;
        Assert.Equal(("Medimos.", "es"), one.For(english, spanish));
        var two = Public("""{ "notice": { "en": "We measure.", "es": "Medimos." } }""").Notice!;
        Assert.Equal(("We measure.", "en"), two.For(english, english));
        Assert.Equal(("Medimos.", "es"), two.For(spanish, english));
        Assert.Null(Public("{}").Notice);
    }

    [Theory]
    [InlineData("""{ "displayLimits": { "pm2_5": 0 } }""", "displayLimits.pm2_5 is 0; it must be above 0 and at most 1000.")]
    [InlineData("""{ "displayLimits": { "pm2_5": 1000.5 } }""", "displayLimits.pm2_5 is 1000.5; it must be above 0 and at most 1000.")]
    [InlineData("""{ "displayLimits": { "co2": 3 } }""", "displayLimits names 'co2'; the quantities are pm2_5, ")]
    [InlineData("""{ "displayLimits": { "pm2_5": "low" } }""",
        "in line 1: displayLimits.pm2_5 is no setting, or has a value of another kind.")]
    [InlineData("""{ "http": { "pageSize": 0 } }""", "http.pageSize is 0; it must be 1 to 10000.")]
    [InlineData("""{ "http": { "pageSize": 10001 } }""", "http.pageSize is 10001; it must be 1 to 10000.")]
    [InlineData("""{ "notice": { "fr": "Bonjour" } }""", "notice names the language 'fr'; the languages are en, es.")]
    [InlineData("""{ "notice": 5 }""", "in line 1: notice is no setting, or has a value of another kind.")]
    [InlineData("""{ "notice": { "es": null } }""", "in line 1: notice is no setting, or has a value of another kind.")]
    [InlineData("""{ "broker": 5 }""", "in line 1: broker is no setting, or has a value of another kind.")]
    [InlineData("""{ "broker": { "adress": "mqtt://localhost" } }""",
        "in line 1: broker.adress is no setting, or has a value of another kind.")]
    [InlineData("""{ "neighborhood": "Riverside" }""", "in line 1: neighborhood is no setting, or has a value of another kind.")]
    [InlineData("""{ "http": { "port": 8080 }, "mqtt": { "port": 8080 } }""", "mqtt.port: 8080 is http.port already; give each its own.")]
    [InlineData("""{ "http": { "port": 8080 }, "mqtt": { "address": "127.0.0.1", "port": 8080 } }""",
        "mqtt.port: 8080 is http.port already")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string configuration, string expected)
    {
        var error = Assert.Throws<UserErrorException>(() => Read(configuration));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "http": { "port": 0 }, "mqtt": { "port": 0 } }""")]
    [InlineData("""{ "http": { "address": "127.0.0.1", "port": 80 }, "mqtt": { "address": "127.0.0.2", "port": 80 } }""")]
    [InlineData("""{ "http": { "port": 80 }, "mqtt": { "enabled": false, "port": 80 }, "broker": "mqtt://broker.example" }""")]
    public void Endpoints_that_do_not_meet_may_have_the_same_port(string configuration) => Read(configuration);

    [Theory]
    [InlineData("", "is empty. See docs/configuration.md")]
    [InlineData(" \n", "is empty. See docs/configuration.md")]
    [InlineData("[]", "must have all settings inside braces: { … }.")]
    [InlineData("null", "must have all settings inside braces: { … }.")]
    [InlineData("{\n \"neighbourhood\": \"Riverside\",\n \"http\" { }\n}", "cannot be understood at line 3, column 9:")]
    [InlineData("{ \"http\": {\n", "cannot be understood at line 2, column 1:")]
    public void A_file_that_is_no_configuration_is_told_from_one_with_a_wrong_setting(string configuration, string expected)
    {
        var error = Assert.Throws<UserErrorException>(() => Read(configuration));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed() =>
        Assert.Equal("Riverside", Read("""
            {
              // As its residents call it.
              "neighbourhood": "Riverside",
            }
            """).Neighbourhood);

    OpenDataOptions Public(string configuration)
    {
        var options = new OpenDataOptions();
        PublicSettings.Apply(Read(configuration), options);
        return options;
    }

    NodeSettings Read(string configuration) => SettingsFile.Read(folder.Write("civicsense.json", configuration));
}
