using System.Security.Cryptography;
using System.Text;
using CivicSense.Mqtt;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Broker;

/// <summary>
/// What a data folder remembers of the session that a broker keeps for its node: the name of the session, and what it is subscribed to.
/// </summary>
static class BrokerSessionFiles
{
    /// <summary>The configured client identifier, or the one that this data folder has had since it was first asked for.</summary>
    /// <exception cref="UserErrorException">The data folder cannot be written.</exception>
    public static string ClientIdOf(BrokerSettings settings, DataFolder folder)
    {
        if (settings.ClientId is { } configured)
            return configured;
        try
        {
            if (ReadLines(folder.BrokerClientId) is [var kept, ..])
                return kept.Trim();
            // Every broker takes 23 letters and digits ([MQTT-3.1.3-5]).
            var chosen = $"civicsense{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
            Replace(folder.BrokerClientId, [chosen]);
            return chosen;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The broker's client identifier cannot be kept: {exception.Message}");
        }
    }

    /// <summary>
    /// Notes that the session is about to be subscribed to a filter; the answer is what else it may be subscribed to. Until
    /// <see cref="Subscribed"/> both are on disk, so whatever happens between, no subscription is forgotten.
    /// </summary>
    /// <exception cref="UserErrorException">The data folder cannot be written.</exception>
    public static IReadOnlyList<string> Subscribing(DataFolder folder, string filter)
    {
        try
        {
            var kept = ReadLines(folder.BrokerSubscriptions);
            if (!kept.Contains(filter, StringComparer.Ordinal))
                Replace(folder.BrokerSubscriptions, [filter, .. kept]);
            // A file that somebody wrote into must not keep the node from its broker.
            return [.. kept.Where(former => former != filter && MqttTopicFilter.IsValid(Encoding.UTF8.GetBytes(former)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The broker's subscription cannot be kept: {exception.Message}");
        }
    }

    /// <summary>Notes that the session is subscribed to this filter and to nothing else.</summary>
    public static void Subscribed(DataFolder folder, string filter)
    {
        try
        {
            if (ReadLines(folder.BrokerSubscriptions) is not [var only] || only != filter)
                Replace(folder.BrokerSubscriptions, [filter]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run ends the former subscription once more, which changes nothing.
        }
    }

    /// <summary>The lines that say something; none of a file that is not there.</summary>
    static string[] ReadLines(string path) =>
        File.Exists(path) ? [.. File.ReadAllLines(path).Where(line => !string.IsNullOrWhiteSpace(line))] : [];

    /// <summary>The file has the old lines or the new ones, whenever the power fails.</summary>
    static void Replace(string path, string[] lines)
    {
        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var writer = new StreamWriter(stream, leaveOpen: true))
                writer.Write(string.Concat(lines.Select(line => line + "\n")));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
