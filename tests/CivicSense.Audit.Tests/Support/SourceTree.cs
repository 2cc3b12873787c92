namespace CivicSense.Audit.Tests;

/// <summary>The repository around the running tests.</summary>
/// <param name="Root">Its root folder.</param>
/// <param name="Configuration">The build configuration that the tests run in, <c>Debug</c> or <c>Release</c>.</param>
sealed record SourceTree(string Root, string Configuration)
{
    /// <summary>The framework that everything is built for; part of the output folders' names.</summary>
    public const string Framework = "net10.0";

    /// <summary>Finds the repository, or skips the test with a reason where the program runs without its sources.</summary>
    public static SourceTree Require()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        for (var folder = output; folder is not null; folder = folder.Parent)
        {
            var marks = (File: Path.Combine(folder.FullName, "Directory.Packages.props"), Folder: Path.Combine(folder.FullName, "src"));
            if (File.Exists(marks.File) && Directory.Exists(marks.Folder))
                return new SourceTree(folder.FullName, output.Parent!.Name);
        }
        Assert.Skip("There are no sources beside the program.");
        return null!;
    }

    /// <summary>A file or folder below <c>src</c>.</summary>
    public string Source(string path) => Path.Combine(Root, "src", path);

    /// <summary>The output folder of a test project.</summary>
    public string TestOutput(string project) => Path.Combine(Root, "tests", project, "bin", Configuration, Framework);
}
