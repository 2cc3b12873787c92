using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// What may happen to the node of one file. A full disk, a clock that is set and the end at any moment are in
/// <see cref="Durability.FullDiskTests"/>, <see cref="Durability.ClockTests"/> and <see cref="Durability.KillTests"/>.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class SqliteFaultTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Second_process_is_refused_while_the_first_lives_and_not_a_moment_longer()
    {
        var configuration = Configuration.Write(folder);
        await using var first = await NodeProcess.RunNodeAsync(configuration);
        var second = await NodeProcess.RunAsync("run", "--config", configuration);
        Assert.True(second.ExitCode == 1 && second.Errors.Contains("Another process already uses the database", StringComparison.Ordinal), second.ToString());
        first.Signal("STOP");
        var third = await NodeProcess.RunAsync("run", "--config", configuration);
        Assert.True(third.ExitCode == 1, third.ToString());
        await first.KillAsync();
        await using var fourth = await NodeProcess.RunNodeAsync(configuration);
        fourth.Signal("TERM");
        Assert.Equal(0, (await fourth.ExitAsync()).ExitCode);
    }
}
