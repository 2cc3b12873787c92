using System.Reflection;

namespace CivicSense.Estimation;

/// <summary>Reads the tables that are embedded in this assembly under the names of their files.</summary>
static class EmbeddedTables
{
    /// <summary>Reads every embedded file of a folder.</summary>
    /// <exception cref="InvalidDataException">A table is malformed, or its id is not its file's name.</exception>
    public static IEnumerable<T> Read<T>(string folder, Func<Stream, string, T> read)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(folder, StringComparison.Ordinal))
                continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            yield return read(stream, Path.GetFileNameWithoutExtension(name));
        }
    }
}
