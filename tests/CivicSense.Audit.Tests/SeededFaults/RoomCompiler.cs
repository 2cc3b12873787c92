using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>
/// Compiles one project of <c>src</c> in memory, with one file changed, the way the build does: same sources, same generators, same
/// options. References are the assemblies that this process itself was built with.
/// </summary>
sealed class RoomCompiler(SourceTree tree)
{
    static readonly string[] GeneratorFiles =
    [
        "System.Text.Json.SourceGeneration.dll", "System.Text.RegularExpressions.Generator.dll",
        "Microsoft.Extensions.Logging.Generators.dll",
    ];

    readonly ConcurrentDictionary<string, Lazy<CSharpCompilation>> compilations = new(StringComparer.Ordinal);
    readonly Lazy<IReadOnlyList<ISourceGenerator>> generators = new(LoadGenerators);

    /// <summary>The name of a room's assembly.</summary>
    public static string AssemblyName(string room) => room == "CivicSense.Node" ? "civicsense" : room;

    /// <summary>Compiles a room with a fault in it.</summary>
    /// <exception cref="InvalidOperationException">The fault does not apply, or what it makes does not compile.</exception>
    public byte[] Compile(SeededFault fault)
    {
        var compilation = Of(fault.Room);
        var path = Path.GetFullPath(tree.Source(fault.File));
        var original = compilation.SyntaxTrees.SingleOrDefault(syntax => syntax.FilePath == path)
            ?? throw new InvalidOperationException($"There is no file {fault.File}; bring the catalogue up to date.");
        var text = SourceText.From(fault.Apply(original.ToString()), original.Encoding);
        return Emit(compilation.ReplaceSyntaxTree(original, original.WithChangedText(text)));
    }

    /// <summary>Compiles a room as it is.</summary>
    public byte[] Compile(string room) => Emit(Of(room));

    CSharpCompilation Of(string room) =>
        compilations.GetOrAdd(room, name => new Lazy<CSharpCompilation>(() => Prepare(name))).Value;

    CSharpCompilation Prepare(string room)
    {
        var symbols = new List<string> { "TRACE", "NET", "NETCOREAPP", "NET10_0" };
        symbols.AddRange(Enumerable.Range(5, 6).Select(version => $"NET{version}_0_OR_GREATER"));
        var isDebug = tree.Configuration == "Debug";
        if (isDebug)
            symbols.Add("DEBUG");
        var parse = new CSharpParseOptions(LanguageVersion.Latest, preprocessorSymbols: symbols);
        var folder = tree.Source(room);
        var generated = Path.Combine(folder, "obj", tree.Configuration, SourceTree.Framework);
        // Global usings and the assembly's attributes, InternalsVisibleTo among them, are written by the build.
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !IsBelow(file, folder, "obj") && !IsBelow(file, folder, "bin"))
            .Concat(Directory.EnumerateFiles(generated, "*.cs"));
        return CSharpCompilation.Create(
            AssemblyName(room),
            files.Order(StringComparer.Ordinal).Select(file => CSharpSyntaxTree.ParseText(
                SourceText.From(File.ReadAllText(file), System.Text.Encoding.UTF8), parse, Path.GetFullPath(file))),
            References(AssemblyName(room)),
            new CSharpCompilationOptions(
                room == "CivicSense.Node" ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: isDebug ? OptimizationLevel.Debug : OptimizationLevel.Release,
                checkOverflow: true, deterministic: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    byte[] Emit(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create(generators.Value, parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var complete, out _);
        using var assembly = new MemoryStream();
        var result = complete.Emit(
            assembly, manifestResources: Resources(compilation.AssemblyName!),
            options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        return result.Success
            ? assembly.ToArray()
            : throw new InvalidOperationException(
                $"{compilation.AssemblyName} does not compile: "
                + string.Join(" ", result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Take(3)));
    }

    static bool IsBelow(string file, string folder, string name) =>
        file.StartsWith(Path.Combine(folder, name) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    static IEnumerable<MetadataReference> References(string except) => Trusted()
        .Where(path => Path.GetFileNameWithoutExtension(path) is var name
            && name != except && !name.EndsWith(".Tests", StringComparison.Ordinal))
        .Select(path => MetadataReference.CreateFromFile(path));

    static string[] Trusted() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    static IEnumerable<ResourceDescription> Resources(string assemblyName)
    {
        var built = Assembly.Load(new AssemblyName(assemblyName));
        return built.GetManifestResourceNames()
            .Select(name => new ResourceDescription(name, () => built.GetManifestResourceStream(name)!, isPublic: true)).ToArray();
    }

    /// <summary>The generators of the framework, out of the SDK's reference packs.</summary>
    static List<ISourceGenerator> LoadGenerators()
    {
        var version = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var packs = Path.GetFullPath(Path.Combine(version, "..", "..", "..", "packs"));
        Assert.SkipUnless(Directory.Exists(packs), "The SDK's reference packs are not installed, so nothing can be compiled here.");
        return
        [
            .. from file in GeneratorFiles
               let path = Directory.EnumerateFiles(packs, file, SearchOption.AllDirectories).MaxBy(path => PackVersion(packs, path))
               where path is not null
               from generator in new AnalyzerFileReference(path, new GeneratorLoader()).GetGenerators(LanguageNames.CSharp)
               select generator,
        ];
    }

    /// <summary>Of packs/(name)/(version)/...; a preview counts as older than any release.</summary>
    static Version PackVersion(string packs, string path) =>
        Version.TryParse(Path.GetRelativePath(packs, path).Split(Path.DirectorySeparatorChar)[1], out var version)
            ? version
            : new Version(0, 0);

    sealed class GeneratorLoader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
            // A generator's own dependencies are the compiler, which is loaded already.
        }

        public Assembly LoadFromPath(string fullPath) => AssemblyLoadContext.Default.LoadFromAssemblyPath(fullPath);
    }
}
