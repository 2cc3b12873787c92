using System.CommandLine;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary>What is said on the command line about one of several processes that share a configuration file.</summary>
sealed class ProcessOptions
{
    public ProcessOptions() => Role.AcceptOnlyFromAmong([.. NodeRole.ByName.Keys]);

    public Option<string> Role { get; } = new("--role")
    {
        Description = "Which parts of the node this process is: all, ingest, release or open-data. "
            + "More than one process needs a PostgreSQL; "
            + "docs/scale-out.md shows how.",
        DefaultValueFactory = _ => NodeRole.All.Name,
        HelpName = "ROLE",
    };

    public Option<string?> Name { get; } = new("--name")
    {
        Description = "What tells this process from the others of the node; its files lie in a folder of this name. "
            + "Needed by ingest and release.",
        HelpName = "NAME",
    };

    public Option<int?> HttpPort { get; } =
        new("--http-port") { Description = "Instead of http.port of the configuration.", HelpName = "PORT" };

    public Option<int?> MqttPort { get; } =
        new("--mqtt-port") { Description = "Instead of mqtt.port of the configuration.", HelpName = "PORT" };

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { Role, Name, HttpPort, MqttPort })
            command.Options.Add(option);
    }

    /// <summary>What was said.</summary>
    public ProcessSettings Of(ParseResult result) => new(
        NodeRole.ByName[result.GetRequiredValue(Role)], result.GetValue(Name), result.GetValue(HttpPort), result.GetValue(MqttPort));
}
