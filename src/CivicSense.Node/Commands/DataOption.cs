using System.CommandLine;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary>Finds the data of a node: given directly, or by its configuration file.</summary>
sealed class DataOption
{
    public Option<string?> Data { get; } = new("--data") { Description = "The node's data folder.", HelpName = "DIR" };

    public Option<string?> Config { get; } = new("--config")
    {
        Description = "The node's configuration file, which names the data folder. Default civicsense.json if there is no --data.",
        HelpName = "FILE",
    };

    public NodeStore Of(ParseResult result) => result.GetValue(Data) is { } folder
        ? new NodeStore(new DataFolder(folder))
        : new NodeStore(SettingsFile.Read(result.GetValue(Config) ?? "civicsense.json"));
}
