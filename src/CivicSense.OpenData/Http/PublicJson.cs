using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CivicSense.OpenData;

/// <summary>How JSON is written here.</summary>
static class PublicJson
{
    /// <remarks>The relaxed encoder is safe: these documents are never put into HTML, and are served with their type and nosniff.</remarks>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };
}
