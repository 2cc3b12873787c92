using System.CommandLine;
using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense device</c>: enrols, lists and deletes sensors, and gives them new passwords.</summary>
static class DeviceCommand
{
    public static Command Create() => new("device", "Enrol sensors, list and delete them, give them new passwords.")
    {
        CreateAdd(), DeviceListing.Create(), CreateModel(), DevicePassword.Create(), CreateDelete(),
    };

    static Command CreateAdd()
    {
        var folder = new DataOption();
        var owner = new Option<string>("--owner")
        {
            Description = "The household that the sensor belongs to, as you call it. It never leaves the node.", Required = true,
            HelpName = "NAME",
        };
        var name = new Option<string>("--name")
        {
            Description = "The sensor's name in MQTT: a-z, 0-9, hyphen and underscore.", Required = true, HelpName = "NAME",
        };
        var latitude = DegreesOption("--latitude", "Where it stands, in degrees north, such as 40.42. Kept as a cell of about 1.5 km.");
        var longitude = DegreesOption("--longitude", "Where it stands, in degrees east, such as -3.7.");
        var model = ModelOption("The model of its particle sensor, such as sds011; it chooses the calibration. Default: not known.");
        model.DefaultValueFactory = _ => DeviceModel.Unknown;
        var command = new Command("add", "Enrol a sensor, and print the secret that it connects with. The node may be running.")
        {
            folder.Data, folder.Config, owner, name, latitude, longitude, model,
        };
        command.SetAction((result, cancellationToken) => AddAsync(
            folder.Of(result), result.GetRequiredValue(owner), result.GetRequiredValue(name),
            result.GetRequiredValue(latitude), result.GetRequiredValue(longitude), result.GetRequiredValue(model),
            result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    /// <summary>Without groups of digits: who writes a comma for a point must not be taken ten times too far.</summary>
    static Option<double> DegreesOption(string name, string description) => new(name)
    {
        Description = description,
        Required = true,
        HelpName = "DEGREES",
        CustomParser = result =>
        {
            var text = result.Tokens is [.., var last] ? last.Value : "";
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees))
                result.AddError($"{name}: '{text}' is not allowed; allowed is a number with a point, such as 40.42.");
            return degrees;
        },
    };

    static Command CreateModel()
    {
        var folder = new DataOption();
        var name = new Option<string>("--name") { Description = "The sensor's name in MQTT.", Required = true, HelpName = "NAME" };
        var model = ModelOption("The model of its particle sensor, such as sds011; it chooses the calibration. \"\" for not known.");
        model.Required = true;
        var command = new Command("model", "Say what model an enrolled sensor is. The node may be running; it counts from the next day on.")
        {
            folder.Data, folder.Config, name, model,
        };
        command.SetAction((result, cancellationToken) => SetModelAsync(
            folder.Of(result), result.GetRequiredValue(name), result.GetRequiredValue(model), cancellationToken));
        return command;
    }

    static Command CreateDelete()
    {
        var folder = new DataOption();
        var name = new Argument<string>("NAME") { Description = "The sensor's name in MQTT." };
        var command = new Command(
            "delete", "Delete a sensor with everything that the node holds about it. The node may be running; there is no way back.")
        {
            name, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) => DeleteAsync(
            folder.Of(result), result.GetRequiredValue(name), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static async Task<int> DeleteAsync(NodeStore store, string name, TextWriter output, CancellationToken cancellationToken)
    {
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        try
        {
            if (!await database.Vault.DeleteDeviceAsync(name, cancellationToken))
                throw new UserErrorException($"No sensor named '{name}' is enrolled.");
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        await output.WriteLineAsync("Deleted. If the sensor is connected to a running node, it is disconnected within a minute.");
        return 0;
    }

    static Option<string> ModelOption(string description) => new("--model") { Description = description, HelpName = "MODEL" };

    static async Task<int> SetModelAsync(NodeStore store, string name, string model, CancellationToken cancellationToken)
    {
        CheckModel(model);
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        try
        {
            return await database.Vault.SetModelAsync(name, model, cancellationToken)
                ? 0
                : throw new UserErrorException($"--name: no sensor named '{name}' is enrolled.");
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    static void CheckModel(string model)
    {
        if (!DeviceModel.IsValidOrUnknown(model))
            throw new UserErrorException($"--model: '{model}' is not allowed; allowed is {DeviceModel.Allowed}.");
    }

    static async Task<int> AddAsync(
        NodeStore store, string owner, string name, double latitude, double longitude, string model, TextWriter output,
        CancellationToken cancellationToken)
    {
        if (!Device.IsValidName(name))
            throw new UserErrorException(
                $"--name: '{name}' is not allowed; allowed are 1 to 64 of a-z, 0-9, hyphen and underscore, "
                    + $"but not '{Device.ReservedName}'.");
        if (string.IsNullOrWhiteSpace(owner) || owner.Length > 200)
            throw new UserErrorException("--owner: give the household a name of 1 to 200 characters.");
        CheckModel(model);
        Area place;
        try
        {
            place = Area.FromPosition(latitude, longitude);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new UserErrorException(
                $"--{exception.ParamName}: {exception.ActualValue} is not allowed. {exception.Message.Split(" (")[0]}");
        }

        await using var database = await store.OpenVaultAsync(cancellationToken);
        var secret = DeviceSecret.Create();
        try
        {
            var household = await database.Vault.EnsureOwnerAsync(owner, cancellationToken);
            await database.Vault.AddDeviceAsync(
                household.Id, name, place, model, DeviceSecret.Hash(Encoding.UTF8.GetBytes(secret)), cancellationToken);
        }
        catch (Exception exception) when (exception is DuplicateDeviceException or VaultUnavailableException)
        {
            throw new UserErrorException(exception.Message);
        }
        await output.WriteLineAsync($"""
            Enrolled. Enter this in the sensor; the secret is shown only now:
              user name  {name}
              password   {secret}
              topic      civicsense/v1/{name}/readings
            It takes part from the next day on, once its area has enough households.
            With this user name and password its owner sees at /my/device whether it works (docs/owner.md).
            """);
        return 0;
    }
}
