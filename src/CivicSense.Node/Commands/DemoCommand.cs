using System.CommandLine;
using CivicSense.Node.Demo;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense demo</c>: a whole neighbourhood in one process.</summary>
static class DemoCommand
{
    const string SimulatedTimeZone = "Europe/Amsterdam";
    const string ReplayedTimeZone = "Europe/London";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port of the pages and the API.", HelpName = "PORT",
            DefaultValueFactory = _ => 8080 };
        var mqttPort = new Option<int>("--mqtt-port") { Description = "Port that devices connect to.", HelpName = "PORT",
            DefaultValueFactory = _ => 1883 };
        var data = new Option<string?>("--data")
        {
            Description = "Folder to keep the data in; must not hold a database yet. Without it the data is gone when the demo ends.",
            HelpName = "DIR",
        };
        var days = new Option<int>("--days") { Description = "Days of simulated history, 1 to 60.", HelpName = "DAYS",
            DefaultValueFactory = _ => 7 };
        var devices = new Option<int>("--devices") { Description = "Simulated devices, 10 to 5000.", HelpName = "COUNT",
            DefaultValueFactory = _ => 300 };
        var seed = new Option<long>("--seed")
        {
            Description = "Chooses the simulated neighbourhood. The noise is always the operating system's and cannot be chosen.",
            HelpName = "NUMBER", DefaultValueFactory = _ => 1,
        };
        var replay = new Option<string?>("--replay")
        {
            Description = "Send archived Sensor.Community day files from this folder instead of simulated devices.", HelpName = "DIR",
        };
        var timeZone = new Option<string?>("--time-zone")
        {
            Description = $"The neighbourhood's time zone, an IANA name. Default {SimulatedTimeZone}, with --replay {ReplayedTimeZone}.",
            HelpName = "NAME",
        };
        var once = new Option<bool>("--once") { Description = "End after the last hour and print one line of JSON." };

        InRange(port, 0, 65535);
        InRange(mqttPort, 0, 65535);
        InRange(days, 1, 60);
        InRange(devices, 10, 5000);
        var command = new Command(
            "demo", "Run a neighbourhood of simulated sensors through a real node: MQTT, releases with noise, pages. Nothing to set up.")
        {
            port, mqttPort, data, days, devices, seed, replay, timeZone, once,
        };
        command.SetAction((result, cancellationToken) => new DemoRun(
            new DemoOptions(
                result.GetValue(port), result.GetValue(mqttPort), result.GetValue(data), result.GetValue(days), result.GetValue(devices),
                result.GetValue(seed), result.GetValue(replay),
                result.GetValue(timeZone) ?? (result.GetValue(replay) is null ? SimulatedTimeZone : ReplayedTimeZone),
                result.GetValue(once)),
            TimeProvider.System,
            result.InvocationConfiguration.Output).RunAsync(cancellationToken));
        return command;
    }

    static void InRange(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            result.AddError($"{option.Name}: {value} is not allowed; allowed is {least} to {most}.");
    });
}
