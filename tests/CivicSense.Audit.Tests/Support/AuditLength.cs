namespace CivicSense.Audit.Tests;

/// <summary>How long the audits may take: short in an ordinary run, long where the environment variable CIVICSENSE_AUDIT is 1.</summary>
static class AuditLength
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1";
}
