using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Architecture;

/// <summary>The rules of the house about who may reference whom, and that the check of them works.</summary>
public sealed class RoomRulesTests
{
    static readonly string[] Rooms =
        ["Commons", "Estimation", "Ingestion", "Mqtt", "OpenData", "Privacy", "Release", "Stewardship", "Storage", "Vault"];

    public static TheoryData<string, string> ForbiddenReferences
    {
        get
        {
            var forbidden = new TheoryData<string, string>();
            foreach (var (room, allowed) in RoomRules.Allowed)
            {
                foreach (var reference in RoomRules.Allowed.Keys.Except(allowed).Where(reference => reference != room))
                    forbidden.Add(room, reference);
            }
            return forbidden;
        }
    }

    static RoomGraph Projects => RoomGraph.OfProjects(Surroundings.RequireRepository());

    static RoomGraph Assemblies => RoomGraph.OfAssemblies(AppContext.BaseDirectory);

    [Fact]
    public void Project_files_keep_to_the_rules() => Assert.Empty(RoomRules.Check(Projects));

    [Fact]
    public void Compiled_assemblies_keep_to_the_rules() => Assert.Empty(RoomRules.Check(Assemblies));

    [Fact]
    public void Every_room_is_looked_at()
    {
        Assert.Empty(Rooms.Append("Node").Append("FirmwareSim").Except(Assemblies.References.Keys));
        Assert.Empty(Rooms.Append("Node").Append("FirmwareSim").Except(Projects.References.Keys));
        // The readers do find references: these three are what their rooms live by.
        Assert.Contains("Mqtt", Assemblies.References["Ingestion"]);
        Assert.Contains("Privacy", Assemblies.References["Release"]);
        Assert.Contains("Commons", Projects.References["OpenData"]);
    }

    [Theory]
    [MemberData(nameof(ForbiddenReferences))]
    public void A_forbidden_reference_is_found(string room, string reference)
    {
        Assert.Contains($"{room} must not reference {reference}.", RoomRules.Check(Assemblies.With(room, reference)));
    }

    [Theory]
    [InlineData("Commons", "Vault", "OpenData reaches Vault.")]
    [InlineData("Commons", "Ingestion", "Estimation reaches Ingestion.")]
    [InlineData("Estimation", "Release", "OpenData reaches Release.")]
    public void A_way_around_through_another_room_is_found(string room, string reference, string problem)
    {
        var graph = Assemblies.With("OpenData", "Commons").With("OpenData", "Estimation").With(room, reference);
        Assert.Contains(problem, RoomRules.Check(graph));
    }

    [Theory]
    [InlineData("Storage")]
    [InlineData("Ingestion")]
    public void Only_the_release_may_hold_both_the_vault_and_the_noise(string room)
    {
        Assert.Contains(
            $"{room} references both Vault and Privacy; only Release may.",
            RoomRules.Check(Assemblies.With(room, "Vault").With(room, "Privacy")));
    }

    [Fact]
    public void A_project_that_is_no_room_is_found()
    {
        Assert.Contains("Shared is not a room of the house.", RoomRules.Check(Assemblies.With("Shared", "Commons")));
    }

    [Fact]
    public void A_forbidden_line_in_a_project_file_is_found()
    {
        using var folder = new TemporaryFolder();
        foreach (var project in Directory.EnumerateFiles(
            Path.Combine(Surroundings.RequireRepository(), "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Directory.CreateDirectory(Path.Combine(folder.Path, "src", name));
            var text = File.ReadAllText(project);
            if (name == "CivicSense.OpenData")
                text = text.Replace(
                    "</Project>", """<ItemGroup><ProjectReference Include="..\CivicSense.Storage\CivicSense.Storage.csproj" /></ItemGroup></Project>""", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder.Path, "src", name, name + ".csproj"), text);
        }
        Directory.CreateDirectory(folder.File("firmware-sim"));

        var problems = RoomRules.Check(RoomGraph.OfProjects(folder.Path));

        Assert.Contains("OpenData must not reference Storage.", problems);
        Assert.Contains("OpenData reaches Vault.", problems);
    }
}
