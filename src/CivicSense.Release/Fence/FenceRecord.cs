using System.Text.Json;
using System.Text.Json.Nodes;
using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>A state of the ledger that the fence knows of.</summary>
/// <param name="Sequence">The ledger's length.</param>
/// <param name="Head">The hash of its newest entry.</param>
/// <param name="ReleasedDay">The privacy day of the newest window that had been released; null before the first.</param>
sealed record FencePoint(long Sequence, string Head, PrivacyDay? ReleasedDay);

/// <summary>What the fence file holds.</summary>
/// <param name="Published">The newest state that may have been seen by the public.</param>
/// <param name="Prepared">A state that is about to be committed, or null.</param>
sealed record FenceRecord(FencePoint? Published, FencePoint? Prepared)
{
    public string Write() => new JsonObject
    {
        ["published"] = ToJson(Published),
        ["prepared"] = ToJson(Prepared),
    }.ToJsonString();

    /// <exception cref="FormatException">The text is no fence record.</exception>
    public static FenceRecord Read(string text)
    {
        try
        {
            var json = JsonNode.Parse(text)!.AsObject();
            return new FenceRecord(FromJson(json["published"]), FromJson(json["prepared"]));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException("The fence file cannot be read.", exception);
        }
    }

    static JsonObject? ToJson(FencePoint? point) => point is null ? null : new JsonObject
    {
        ["sequence"] = point.Sequence,
        ["head"] = point.Head,
        ["releasedDay"] = point.ReleasedDay?.ToString(),
    };

    static FencePoint? FromJson(JsonNode? node) => node is null ? null : new FencePoint(
        node["sequence"]!.GetValue<long>(),
        node["head"]!.GetValue<string>(),
        node["releasedDay"]?.GetValue<string>() is { } day ? PrivacyDay.Parse(day) : null);
}
