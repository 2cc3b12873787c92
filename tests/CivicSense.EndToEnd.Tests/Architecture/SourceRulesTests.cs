using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Privacy;

namespace CivicSense.EndToEnd.Tests.Architecture;

/// <summary>What no source file may hold: another generator than the operating system's, and logs that could tell on somebody.</summary>
public sealed partial class SourceRulesTests
{
    static IEnumerable<string> Sources(params string[] rooms) =>
        rooms.Select(room => Path.Combine(Surroundings.RequireRepository(), "src", room))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    [Theory]
    [InlineData("Privacy")]
    [InlineData("Release")]
    [InlineData("Vault")]
    [InlineData("Storage")]
    [InlineData("Ingestion")]
    [InlineData("Stewardship")]
    public void The_private_side_uses_no_other_generator_than_the_operating_systems(string room)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"CivicSense.{room}.dll")));
        var metadata = file.GetMetadataReader();
        var types = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToHashSet();
        Assert.Contains("System.Object", types);
        Assert.DoesNotContain("System.Random", types);
    }

    [Fact]
    public void Nobody_outside_the_privacy_room_can_choose_the_noise()
    {
        const BindingFlags everything =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var room = typeof(Rational).Assembly;
        var source = room.GetType("CivicSense.Privacy.IRandomBytes");
        Assert.NotNull(source);
        Assert.False(source.IsVisible);
        var doors = room.GetExportedTypes()
            .SelectMany(type => type.GetMethods(everything).Cast<MethodBase>().Concat(type.GetConstructors(everything)))
            .Where(member => member.IsPublic || member.IsFamily || member.IsFamilyOrAssembly)
            .SelectMany(member => member.GetParameters().Select(parameter => (member, parameter)))
            .ToList();
        Assert.NotEmpty(doors);
        Assert.DoesNotContain(doors, door => source.IsAssignableFrom(door.parameter.ParameterType)
            || typeof(Random).IsAssignableFrom(door.parameter.ParameterType)
            || door.parameter.Name!.Contains("seed", StringComparison.OrdinalIgnoreCase));
    }

    /// <remarks>But for steps of the schema that have run somewhere: their text is what their checksums are of.</remarks>
    [Fact]
    public void No_line_is_longer_than_140_columns()
    {
        var rooms = Directory.EnumerateDirectories(Path.Combine(Surroundings.RequireRepository(), "src"))
            .Select(folder => Path.GetFileName(folder));
        string[] steps = ["PostgresEstimateRevisions.cs", "PostgresPartitions.cs"];
        Assert.Empty(
            from path in Sources([.. rooms])
            where !steps.Contains(Path.GetFileName(path))
            from line in File.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1))
            where line.Text.Length > 140
            select $"{Path.GetFileName(path)}:{line.Number}");
    }

    [Fact]
    public void No_setting_holds_a_seed()
    {
        var settings = Assembly.LoadFrom(NodeProcess.Program).GetTypes()
            .Where(type => type.Namespace == "CivicSense.Node.Settings")
                .SelectMany(type => type.GetProperties()).Select(property => property.Name).ToList();
        Assert.Contains("Rho", settings);
        Assert.DoesNotContain(settings, name => name.Contains("seed", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Log_messages_stand_in_one_file_of_each_room()
    {
        var rooms = Directory.EnumerateDirectories(Path.Combine(Surroundings.RequireRepository(), "src"))
            .Select(folder => Path.GetFileName(folder));
        var sources = Sources([.. rooms]).ToList();
        Assert.NotEmpty(sources);
        Assert.DoesNotContain(
            sources.Where(path => Path.GetFileName(path) is not ("LogMessages.cs" or "ClientLogMessages.cs" or "StorageLog.cs")),
            path => DirectLogging().IsMatch(File.ReadAllText(path)));
    }

    [Fact]
    public void No_log_message_can_tell_whose_where_or_how_much()
    {
        var rooms = Directory.EnumerateDirectories(Path.Combine(Surroundings.RequireRepository(), "src"))
            .Select(folder => Path.GetFileName(folder));
        var placeholders = Sources([.. rooms])
            .Where(path => Path.GetFileName(path) is "LogMessages.cs" or "ClientLogMessages.cs" or "StorageLog.cs")
            .SelectMany(path => Placeholder().Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value)).ToHashSet();
        Assert.Contains("Day", placeholders);
        // "Areas" and "Quantities" are how many of them a plan has, which is public.
        Assert.DoesNotContain(placeholders, name => Telling().IsMatch(name));
    }

    [Theory]
    [InlineData("Device", true)]
    [InlineData("ownerName", true)]
    [InlineData("Topic", true)]
    [InlineData("Areas", false)]
    [InlineData("Keys", false)]
    public void The_check_of_placeholders_knows_what_tells(string name, bool tells) => Assert.Equal(tells, Telling().IsMatch(name));

    [GeneratedRegex(@"\[LoggerMessage|\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(\s*(LogLevel|\$?"")|LoggerMessage\.Define",
        RegexOptions.ExplicitCapture)]
    private static partial Regex DirectLogging();

    [GeneratedRegex(@"\{(?<name>@?[A-Za-z_]\w*)(:[^}]*)?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();

    [GeneratedRegex(
        "owner|household|device(?!s$)|area(?!s$)|value(?!s$)|payload|topic|user|client|secret|password|place|sensor(?!s$)|address|identity",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Telling();
}
