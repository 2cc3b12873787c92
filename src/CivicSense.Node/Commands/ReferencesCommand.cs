using System.CommandLine;
using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.References;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense references</c>: the official stations.</summary>
static class ReferencesCommand
{
    public static Command Create() => new("references", "Official stations.") { CreateCheck() };

    static Command CreateCheck()
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration file that lists the stations; docs/references.md describes it.",
            DefaultValueFactory = _ => "civicsense.json",
            HelpName = "FILE",
        };
        var command = new Command(
            "check", "Read every configured station once, and say what was found and what was refused. Stores nothing.")
        {
            config,
        };
        command.SetAction((result, cancellationToken) => CheckAsync(
            SettingsFile.Read(result.GetRequiredValue(config)).References, TimeProvider.System,
            result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    /// <summary>Checks stations; answers 0 where each had something to say, otherwise 2.</summary>
    internal static async Task<int> CheckAsync(
        IReadOnlyList<ReferenceSettings> references, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        if (references.Count == 0)
        {
            await output.WriteLineAsync("No official station is configured. docs/references.md shows how.");
            return 0;
        }
        using var client = HttpDocument.CreateClient();
        var good = true;
        foreach (var reference in references)
        {
            await output.WriteLineAsync($"{reference.Name}:");
            try
            {
                var reading = await ReferenceStation.Create(reference, client, time).ReadAsync(cancellationToken)
                    ?? throw new ReferenceSourceException("The server says that nothing has changed, though it was asked for everything.");
                good &= await DescribeAsync(reading, time.GetUtcNow(), output);
            }
            catch (ReferenceSourceException exception)
            {
                good = false;
                await output.WriteLineAsync($"  cannot be read: {Refusal.Join(exception.Message, exception.Quotation)}");
            }
        }
        return good ? 0 : 2;
    }

    static async Task<bool> DescribeAsync(ReferenceReading reading, DateTimeOffset now, TextWriter output)
    {
        if (reading.Values.Count == 0)
            await output.WriteLineAsync("  no values. Do format.where and the columns' names fit?");
        foreach (var group in reading.Values.GroupBy(value => value.Quantity).OrderBy(group => group.Key.Ordinal))
        {
            var newest = group.MaxBy(value => value.Window);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {group.Key}: {group.Count()} values; "
                + $"newest hour {newest.Window} to {newest.Window.Next}: {newest.Value} {group.Key.Unit}"));
            if (newest.Window.End > now)
                await output.WriteLineAsync("    That hour has not ended yet. Are format.hour and format.timeZone right?");
        }
        if (reading.Refused > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  refused: {reading.Refused}, of those {reading.OutOfRange} outside the valid range"));
            foreach (var refusal in reading.Refusals)
                await output.WriteLineAsync($"    {refusal}");
            if (reading.Refused > reading.Refusals.Count)
                await output.WriteLineAsync("    …");
        }
        return reading.Values.Count > 0;
    }
}
