using System.Text.Json.Serialization;

namespace CivicSense.Node.Demo;

/// <summary>The one line of JSON that <c>demo --once</c> prints.</summary>
/// <param name="ReadingsAccepted">Readings that are in a contribution.</param>
/// <param name="ReadingsRefused">Readings and messages that are not.</param>
/// <param name="Refused">Why not, with how often.</param>
/// <param name="Messages">MQTT messages received.</param>
/// <param name="Windows">Hours released.</param>
/// <param name="KeysReleased">Noisy values released.</param>
/// <param name="RhoPerOwnerDay">The zCDP cost of a day.</param>
/// <param name="EpsilonPerOwnerDay">Its epsilon at delta 1e-6.</param>
/// <param name="LedgerEntries">Length of the ledger.</param>
/// <param name="LedgerHead">Hash of its newest entry.</param>
/// <param name="Seconds">How long it took.</param>
sealed record DemoSummary(
    long ReadingsAccepted, long ReadingsRefused, IReadOnlyDictionary<string, long> Refused, long Messages, int Windows, long KeysReleased,
    decimal RhoPerOwnerDay, double EpsilonPerOwnerDay, long LedgerEntries, string LedgerHead, double Seconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoSummary))]
sealed partial class DemoSummaryContext : JsonSerializerContext;
