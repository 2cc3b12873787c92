namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>Configuration files for <c>civicsense run</c> with ports that the machine chooses.</summary>
static class Configuration
{
    /// <summary>Writes a file; <paramref name="more"/> is further members of the object.</summary>
    public static string Write(TemporaryFolder folder, string more = "") => folder.Write("civicsense.json", $$"""
        {
          "neighbourhood": "Test neighbourhood",
          "http": { "address": "127.0.0.1", "port": 0 },
          "mqtt": { "address": "127.0.0.1", "port": 0 },
          {{more}}
        }
        """);
}
