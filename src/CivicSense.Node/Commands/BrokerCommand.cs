using System.CommandLine;
using CivicSense.Node.Broker;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense broker</c>: the broker that sensors publish to.</summary>
static class BrokerCommand
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create() => new("broker", "The broker that sensors publish to.") { CreateCheck() };

    static Command CreateCheck()
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration file that names the broker; docs/external-broker.md describes it.",
            DefaultValueFactory = _ => "civicsense.json",
            HelpName = "FILE",
        };
        var command = new Command(
            "check", "Connect to the configured broker, listen for five seconds, and say what came. "
                + "Takes nothing away from a running node.")
        {
            config,
        };
        command.SetAction((result, cancellationToken) => CheckAsync(
            SettingsFile.Read(result.GetRequiredValue(config)), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static async Task<int> CheckAsync(NodeSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        if (settings.Broker is not { } broker)
        {
            await output.WriteLineAsync("No broker is configured: sensors connect to the node itself. docs/external-broker.md shows how.");
            return 0;
        }
        return await BrokerCheck.RunAsync(
            broker, await ReadSensorsAsync(new NodeStore(settings), cancellationToken), Patience, output, cancellationToken);
    }

    static async Task<IReadOnlyCollection<string>> ReadSensorsAsync(NodeStore store, CancellationToken cancellationToken)
    {
        if (!store.MayExist)
            return [];
        await using var database = await store.OpenVaultAsync(cancellationToken);
        try
        {
            return [.. (await database.Vault.ReadDevicesAsync(cancellationToken)).Select(device => device.Name)];
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
