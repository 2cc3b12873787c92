using System.Text.Json;
using System.Text.Json.Serialization;

namespace CivicSense.Estimation;

/// <summary>What the files of indices and of guidelines have in common: strict JSON, and a refusal that names the file.</summary>
static class TableFile
{
    static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <exception cref="InvalidDataException">The text is not JSON of this shape.</exception>
    public static T Parse<T>(Stream stream, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(stream, Strict) ?? throw Refused(name, "is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"Table {name} cannot be read: {exception.Message}", exception);
        }
    }

    public static InvalidDataException Refused(string name, string reason) => new($"Table {name} {reason}.");
}
