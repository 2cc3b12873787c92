using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>Writes rows as newline-delimited JSON: one object a line, each line ended by a line feed.</summary>
static class NdJson
{
    public static byte[] Write<TRow>(IReadOnlyList<TRow> rows)
    {
        using var stream = new MemoryStream();
        foreach (var row in rows)
        {
            JsonSerializer.Serialize(stream, row, PublicJson.Options);
            stream.WriteByte((byte)'\n');
        }
        return stream.ToArray();
    }
}
