using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace CivicSense.EndToEnd.Tests.Architecture;

/// <summary>Which room references which, without the prefix "CivicSense.".</summary>
sealed record RoomGraph(ImmutableSortedDictionary<string, ImmutableSortedSet<string>> References)
{
    const string Prefix = "CivicSense.";

    /// <summary>As the project files say it.</summary>
    public static RoomGraph OfProjects(string repository) => new(
        new[] { "src", "firmware-sim" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(repository, folder), "*.csproj", SearchOption.AllDirectories))
            .ToImmutableSortedDictionary(
                Name,
                path => XDocument.Load(path).Descendants()
                    .Where(element => element.Name.LocalName is "ProjectReference" or "Reference")
                    .Select(element => Name(((string)element.Attribute("Include")!).Replace('\\', '/')))
                    .ToImmutableSortedSet(StringComparer.Ordinal),
                StringComparer.Ordinal));

    /// <summary>As the compiler has left it in the assemblies of a folder. It leaves out what a room references but never uses.</summary>
    public static RoomGraph OfAssemblies(string folder) => new(
        Directory.EnumerateFiles(folder, "*.dll").Where(path => IsRoom(Path.GetFileNameWithoutExtension(path)))
            .ToImmutableSortedDictionary(Name, ReadReferences, StringComparer.Ordinal));

    static ImmutableSortedSet<string> ReadReferences(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(IsRoom).Select(name => Name(name + ".dll")).ToImmutableSortedSet(StringComparer.Ordinal);
    }

    static bool IsRoom(string assembly) =>
        (assembly.StartsWith(Prefix, StringComparison.Ordinal) && !assembly.EndsWith(".Tests", StringComparison.Ordinal))
            || assembly == "civicsense";

    static string Name(string path) => Path.GetFileNameWithoutExtension(path) is var name && name == "civicsense"
        ? "Node"
        : name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    /// <summary>The same graph with one reference more.</summary>
    public RoomGraph With(string room, string reference) =>
        new(References.SetItem(room, References.GetValueOrDefault(room, []).Add(reference)));

    /// <summary>Every room that can be reached from one.</summary>
    public ImmutableSortedSet<string> ReachableFrom(string room)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(References.GetValueOrDefault(room, []));
        while (open.TryPop(out var next))
        {
            if (!found.Add(next)) continue;
            foreach (var further in References.GetValueOrDefault(next, [])) open.Push(further);
        }
        return [.. found];
    }
}
