namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>What is there beside the program: the repository, the shared data, other programs.</summary>
static class Surroundings
{
    /// <summary>The root of the repository, or null where the tests run without it.</summary>
    public static string? Repository { get; } = Above(folder => File.Exists(Path.Combine(folder, "Directory.Packages.props")));

    /// <summary>A folder of the data that lies beside the repository. Skips the test where there is none.</summary>
    public static string SharedData(string name)
    {
        var root = Above(folder => File.Exists(Path.Combine(folder, "..", "shared", "DESIGN.md")));
        var path = root is null ? null : Path.GetFullPath(Path.Combine(root, "..", "shared", "data", name));
        Assert.SkipUnless(Directory.Exists(path), $"The data set shared/data/{name} is not beside the repository.");
        return path!;
    }

    /// <summary>The repository's root. Skips the test where there is none.</summary>
    public static string RequireRepository()
    {
        Assert.SkipWhen(Repository is null, "The tests do not run inside the repository.");
        return Repository!;
    }

    /// <summary>A program on the search path. Skips the test where it is not installed.</summary>
    public static string RequireProgram(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed.");
        return path!;
    }

    static string? Above(Predicate<string> isIt)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (isIt(folder.FullName)) return folder.FullName;
        }
        return null;
    }
}
