using System.Text.Json;

namespace CivicSense.Privacy.Tests;

/// <summary>Files of the repository that tests hold the code to. Where the tests run without it they are skipped.</summary>
static class RepositoryFile
{
    /// <summary>The path of a file; skips the test where it is not above the test's folder.</summary>
    public static string Require(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CivicSense.sln")))
            folder = folder.Parent;

        var path = folder is null ? null : Path.Combine([folder.FullName, .. parts]);
        Assert.SkipUnless(File.Exists(path), $"{string.Join('/', parts)} is not above the test's folder.");
        return path!;
    }

    /// <summary>One section of benchmarks/expected-allocations.json: bytes for each operation.</summary>
    public static Dictionary<string, long> ExpectedAllocations(string section)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Require("benchmarks", "expected-allocations.json")));
        return document.RootElement.GetProperty(section).EnumerateObject()
            .ToDictionary(figure => figure.Name, figure => figure.Value.GetInt64(), StringComparer.Ordinal);
    }
}
