using System.CommandLine;
using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense device list</c>: who is enrolled with which sensors. Nothing of what they measure.</summary>
static class DeviceListing
{
    static readonly string[] Headings = ["sensor", "household", "model", "cell"];

    public static Command Create()
    {
        var folder = new DataOption();
        var command = new Command(
            "list", "List the enrolled sensors with household, model and cell of about 1.5 km. Private. The node may be running.")
        {
            folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) =>
            ListAsync(folder.Of(result), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static async Task<int> ListAsync(NodeStore store, TextWriter output, CancellationToken cancellationToken)
    {
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        IReadOnlyList<Device> devices;
        Dictionary<int, string> households;
        try
        {
            devices = await database.Vault.ReadDevicesAsync(cancellationToken);
            households = (await database.Vault.ReadOwnersAsync(cancellationToken)).ToDictionary(owner => owner.Id, owner => owner.Name);
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        // A household may have been deleted between the two looks.
        string[][] rows =
        [
            .. from device in devices
               where households.ContainsKey(device.OwnerId)
               orderby households[device.OwnerId], device.Name
               select new[]
               {
                   device.Name, households[device.OwnerId], device.Model == DeviceModel.Unknown ? "-" : device.Model, device.Place.QuadKey,
               },
        ];
        if (rows.Length > 0)
            await WriteTableAsync([Headings, .. rows], output);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Sensors: {rows.Length}. Households with a sensor: {rows.DistinctBy(row => row[1]).Count()}."));
        return 0;
    }

    static async Task WriteTableAsync(string[][] rows, TextWriter output)
    {
        int[] widths = [.. Headings.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (var row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
