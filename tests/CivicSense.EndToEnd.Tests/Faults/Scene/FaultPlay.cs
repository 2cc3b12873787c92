using System.Globalization;
using Xunit.Sdk;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// Plays a fault in a scene of its own. CIVICSENSE_FAULT_SEED chooses when things happen, CIVICSENSE_AUDIT=1 plays each ten times.
/// </summary>
static class FaultPlay
{
    /// <summary>Whether to take the time that things take in earnest.</summary>
    public static bool IsAudit { get; } = Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1";

    /// <summary>Plays; <paramref name="more"/> is options of the database.</summary>
    public static async Task PlayAsync(FaultServer server, Func<FaultScene, Task> play, string more = "")
    {
        // Skips where a program is missing.
        await server.GetAsync();
        var seed = Environment.GetEnvironmentVariable("CIVICSENSE_FAULT_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Environment.TickCount;
        for (var round = 0; round < (IsAudit ? 10 : 1); round++, seed++)
        {
            await using var scene = await FaultScene.SetAsync(server, new Random(seed), more);
            try
            {
                await play(scene);
            }
            catch (Exception exception) when (exception is not SkipException && !TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"With CIVICSENSE_FAULT_SEED={seed}: {exception}\n{scene.Logs()}"));
            }
        }
    }
}
