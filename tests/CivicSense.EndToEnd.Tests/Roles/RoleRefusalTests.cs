using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Roles;

/// <summary>What a process cannot be is refused before anything is opened, with a sentence that says what to do.</summary>
public sealed class RoleRefusalTests
{
    const string Postgres = "\"postgres\": { \"connection\": \"Host=localhost;Database=none\" },";

    [Theory]
    [InlineData("", "--role ingest --name a", "only with a PostgreSQL")]
    [InlineData("", "--role open-data", "only with a PostgreSQL")]
    [InlineData("", "--name a", "only with a PostgreSQL")]
    [InlineData(Postgres, "--role ingest", "--name ingest-1")]
    [InlineData(Postgres, "--role release", "--name release-1")]
    [InlineData(Postgres, "--role release --name ../a", "is not allowed")]
    [InlineData(Postgres, "--name A", "is not allowed")]
    [InlineData(Postgres, "--role everything", "everything")]
    [InlineData(Postgres, "--role ingest --name a --mqtt-profile conformance", "without --role")]
    [InlineData(Postgres, "--role ingest --name a --mqtt-port 70000", "mqtt.port: 70000")]
    [InlineData(Postgres + "\"clock\": \"event\", \"eventStart\": \"2026-03-01T00:00:00Z\",", "--role release --name a", "\"wall\"")]
    [InlineData(Postgres + "\"clock\": \"event\", \"eventStart\": \"2026-03-01T00:00:00Z\",", "--name a", "\"wall\"")]
    [InlineData(Postgres, "--role open-data", "postgres.publicConnection")]
    [InlineData("\"postgres\": { },", "", "postgres.connection")]
    [InlineData("\"postgres\": { \"publicConnection\": \"Host=localhost\" },", "--role ingest --name a", "postgres.ingestConnection")]
    [InlineData("\"postgres\": { \"ingestConnection\": \"Host=localhost\" },", "", "postgres.releaseConnection")]
    public async Task What_does_not_fit_is_said(string settings, string arguments, string said)
    {
        using var folder = new TemporaryFolder();
        var configuration = Configuration.Write(folder, settings);
        var refused = await NodeProcess.RunAsync(
            ["run", "--config", configuration, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Contains(said, refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
        Assert.Equal([configuration], Directory.GetFileSystemEntries(folder.Path));
    }
}
