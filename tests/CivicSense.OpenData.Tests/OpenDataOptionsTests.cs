using System.Collections.Immutable;
using CivicSense.Commons;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData.Tests;

public sealed class OpenDataOptionsTests
{
    public static TheoryData<string, Action<OpenDataOptions>> Wrong => new()
    {
        { "NeighbourhoodName", options => options.NeighbourhoodName = " " },
        { "TimeZone is 'Mars/Olympus'", options => options.TimeZone = "Mars/Olympus" },
        { "PageSize is 0", options => options.PageSize = 0 },
        { "PageSize is 10001", options => options.PageSize = 10_001 },
        { "Licence is ''", options => options.Licence = "" },
        { "Licence is 'odbl-1.0'; SPDX writes it 'ODbL-1.0'", options => options.Licence = "odbl-1.0" },
        { "Licence is 'free for all'", options => options.Licence = "free for all" },
        { "DatasetLicences names 'photos'; the data sets are measurements, estimates", options =>
            options.DatasetLicences["photos"] = "CC-BY-4.0" },
        { "DatasetLicences.estimates is 'CC-BY-NC-4.0'; it must be one of ODbL-1.0, ", options =>
            options.DatasetLicences["estimates"] = "CC-BY-NC-4.0" },
        { "Language is 'fr'; the languages are en, es", options => options.Language = "fr" },
        { "BaseAddress is 'ftp://example.org/'", options => options.BaseAddress = new Uri("ftp://example.org/") },
        { "BaseAddress", options => options.BaseAddress = new Uri("https://example.org/no-slash") },
        { "SourceCode", options => options.SourceCode = new Uri("javascript:alert(1)") },
        { "MapTiles is 'http://t.example.org/{z}/{x}/{y}.png'", options => options.MapTiles = "http://t.example.org/{z}/{x}/{y}.png" },
        { "MapTiles", options => options.MapTiles = "https://t.example.org/{z}/{x}.png" },
        { "MapTiles", options => options.MapTiles = "https://t.example.org;script-src 'unsafe-inline'/{z}/{x}/{y}.png" },
        { "MapTiles", options => options.MapTiles = "https://t{s}.example.org/{z}/{x}/{y}.png" },
        { "MapCredit", options => options.MapCredit = new string('x', 201) },
        { "DisplayLimits names 'co2'", options => options.DisplayLimits["co2"] = 1 },
        { "DisplayLimits.laeq is -1; it must be above 0 and at most 1000", options => options.DisplayLimits["laeq"] = -1 },
        { "DisplayLimits.laeq is 1001", options => options.DisplayLimits["laeq"] = 1001 },
        { "DisplayLimits.laeq is NaN", options => options.DisplayLimits["laeq"] = double.NaN },
        { "Notice must have at most 500 characters", options => options.Notice = Notice.Of(new string('x', 501)) },
        { "Notice names the language 'fr'; the languages are en, es", options =>
            options.Notice = new Notice { Texts = Texts("fr", "Bonjour") } },
        { "Notice.es must have at most 500 characters", options =>
            options.Notice = new Notice { Texts = Texts("es", new string('x', 501)) } },
    };

    static ImmutableSortedDictionary<string, string> Texts(string language, string text) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(language, text);

    [Fact]
    public void The_defaults_are_valid() => Assert.True(new OpenDataOptionsValidator().Validate(null, new OpenDataOptions()).Succeeded);

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_setting_ends_the_start_and_is_named(string expected, Action<OpenDataOptions> spoil)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => PublicNode.StartAsync(configure: spoil));
        Assert.Contains("OpenData:" + expected, exception.Message, StringComparison.Ordinal);
    }
}
