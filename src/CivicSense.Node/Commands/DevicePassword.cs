using System.CommandLine;
using System.Text;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense device password</c>: for a sensor whose password was lost, or has come into the wrong hands.</summary>
static class DevicePassword
{
    public static Command Create()
    {
        var folder = new DataOption();
        var name = new Argument<string>("NAME") { Description = "The sensor's name in MQTT." };
        var command = new Command(
            "password", "Give a sensor a new password, and print it. The one before is of no use any more. The node may be running.")
        {
            name, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) => ReplaceAsync(
            folder.Of(result), result.GetRequiredValue(name), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static async Task<int> ReplaceAsync(NodeStore store, string name, TextWriter output, CancellationToken cancellationToken)
    {
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        var secret = DeviceSecret.Create();
        try
        {
            if (!await database.Vault.SetSecretAsync(name, DeviceSecret.Hash(Encoding.UTF8.GetBytes(secret)), cancellationToken))
                throw new UserErrorException($"No sensor named '{name}' is enrolled.");
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        await output.WriteLineAsync($"""
            Enter this in the sensor; the password is shown only now:
              user name  {name}
              password   {secret}
            Whoever is connected with the one before is disconnected within a minute. What was measured until now still counts.
            """);
        return 0;
    }
}
