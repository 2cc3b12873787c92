namespace CivicSense.Tests;

/// <summary>Packages of npm that tests use, where test.sh puts them: artifacts/node.</summary>
static class NodePackages
{
    /// <summary>The folder of a package; the test is skipped where it is not installed.</summary>
    public static string Find(string package)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CivicSense.sln"))) folder = folder.Parent;
        string found = Path.Combine(folder?.FullName ?? "/", "artifacts", "node", "node_modules", package);
        if (!Directory.Exists(found)) Assert.Skip($"the npm package {package} is not installed in artifacts/node");
        return found;
    }
}
