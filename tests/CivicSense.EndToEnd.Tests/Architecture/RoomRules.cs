using System.Collections.Frozen;

namespace CivicSense.EndToEnd.Tests.Architecture;

/// <summary>The rooms, what each may reference, and the rules that hold whatever the table says.</summary>
static class RoomRules
{
    /// <summary>The whole house. A room may reference fewer than these, never others, and there is no other room.</summary>
    public static FrozenDictionary<string, string[]> Allowed { get; } = new Dictionary<string, string[]>
    {
        ["Privacy"] = [],
        ["Mqtt"] = [],
        // Another stack behind the same seam, only built when asked for (docs/decisions/0012-mqttnet.md).
        ["Mqtt.MqttNet"] = ["Mqtt"],
        ["Commons"] = [],
        ["Vault"] = ["Commons"],
        ["Ingestion"] = ["Vault", "Commons", "Mqtt"],
        ["Release"] = ["Vault", "Commons", "Privacy"],
        ["Estimation"] = ["Commons"],
        ["Storage"] = ["Vault", "Commons", "Release"],
        ["OpenData"] = ["Commons", "Estimation"],
        ["Stewardship"] = ["Vault", "Commons"],
        ["FirmwareSim"] = ["Mqtt"],
        ["Node"] =
        [
            "Privacy", "Mqtt", "Mqtt.MqttNet", "Commons", "Vault", "Ingestion", "Release", "Estimation", "Storage", "OpenData",
            "Stewardship",
            "FirmwareSim",
        ],
    }.ToFrozenDictionary();

    static readonly string[] PublicRooms = ["OpenData", "Estimation"];
    static readonly string[] PrivateRooms = ["Vault", "Ingestion", "Release", "Storage", "Stewardship"];

    /// <summary>A sentence for each rule that is broken.</summary>
    public static IReadOnlyList<string> Check(RoomGraph graph)
    {
        var problems = new List<string>();
        foreach (var (room, references) in graph.References)
        {
            if (!Allowed.TryGetValue(room, out var allowed))
            {
                problems.Add($"{room} is not a room of the house.");
                continue;
            }
            problems.AddRange(references.Except(allowed).Select(reference => $"{room} must not reference {reference}."));
            if (references.Contains("Vault") && references.Contains("Privacy") && room is not ("Release" or "Node"))
                problems.Add($"{room} references both Vault and Privacy; only Release may.");
        }
        foreach (var room in PublicRooms)
            problems.AddRange(graph.ReachableFrom(room).Intersect(PrivateRooms).Select(reached => $"{room} reaches {reached}."));
        return problems;
    }
}
