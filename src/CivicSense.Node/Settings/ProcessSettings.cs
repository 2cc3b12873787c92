using System.Text.RegularExpressions;
using CivicSense.Commons;

namespace CivicSense.Node.Settings;

/// <summary>What the command line says about one process, so that one configuration file serves all of them.</summary>
/// <param name="Role">Which parts of the node it is.</param>
/// <param name="Name">What tells it from the others; null for a process that is alone.</param>
/// <param name="HttpPort">Instead of <c>http.port</c>.</param>
/// <param name="MqttPort">Instead of <c>mqtt.port</c>.</param>
sealed partial record ProcessSettings(NodeRole Role, string? Name = null, int? HttpPort = null, int? MqttPort = null)
{
    /// <summary>The settings of the configuration file as they are for this process.</summary>
    /// <exception cref="UserErrorException">They do not fit each other; the message says what to do.</exception>
    public NodeSettings ApplyTo(NodeSettings settings)
    {
        if (FindProblem(settings) is { } problem)
            throw new UserErrorException(problem);
        var applied = settings with
        {
            Role = Role,
            ProcessName = Name,
            Http = settings.Http with { Port = HttpPort ?? settings.Http.Port },
            Mqtt = settings.Mqtt with { Port = MqttPort ?? settings.Mqtt.Port },
            // Two connections under one identifier would end each other.
            Broker = settings.Broker is { ClientId: { } clientId } broker && Name is not null
                ? broker with { ClientId = $"{clientId}-{Name}" }
                : settings.Broker,
        };
        SettingsFile.Check(applied, "The command line");
        return applied;
    }

    string? FindProblem(NodeSettings settings)
    {
        if (Name is not null && !Allowed().IsMatch(Name))
            return $"--name: '{Name}' is not allowed; allowed are 1 to 64 of a-z, 0-9, hyphen and underscore, "
                + "beginning with a letter or digit.";
        if (settings.Postgres is null)
        {
            return this switch
            {
                _ when Role != NodeRole.All =>
                    $"--role {Role}: only with a PostgreSQL (postgres in the configuration, docs/scale-out.md). "
                        + "With a file one process does everything.",
                { Name: not null } => "--name: only with a PostgreSQL. With a file there is one process, and its files have their places.",
                _ => null,
            };
        }
        // Each would drive a clock of its own, and the one without readings would hold up the releases for ever.
        if (Name is not null && settings.Clock != ClockMode.Wall)
            return "--name: only with \"clock\": \"wall\". Event time is driven by the readings of one process, which has no name.";
        if (Role == NodeRole.All)
            return FindBrokerProblem(settings) ?? settings.Postgres.FindMissing(Role);
        if (settings.Clock != ClockMode.Wall)
            return $"--role {Role}: only with \"clock\": \"wall\". Event time is driven by the readings of one process.";
        if (Name is null && (Role.Ingests || Role.Releases))
            return $"--role {Role}: give the process a name of its own with --name, for example --name {Role}-1. "
                + "It keeps it over restarts.";
        return FindBrokerProblem(settings) ?? settings.Postgres.FindMissing(Role);
    }

    /// <summary>Without a group the broker sends each message to every process, which would count it as often.</summary>
    string? FindBrokerProblem(NodeSettings settings) => Role.Ingests && Name is not null && settings.Broker is { Group: "" }
        ? "broker.group: needed where several processes take readings from a broker, for example \"group\": \"civicsense\"."
        : null;

    // It is the name of a folder, too.
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex Allowed();
}
