using System.CommandLine;
using CivicSense.Node;
using CivicSense.Node.Commands;

var root = new RootCommand(
    "CivicSense: private sums from citizens' sensors. A node takes readings over MQTT, and lets out only noisy sums.")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    DeviceCommand.Create(),
    OwnerCommand.Create(),
    LedgerCommand.Create(),
    ReferencesCommand.Create(),
    BrokerCommand.Create(),
    BackupCommand.CreateBackup(),
    BackupCommand.CreateRestore(),
    ExportCommand.Create(),
    DbCommand.Create(),
    DoctorCommand.Create(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // Longer than a node takes to make its last readings durable.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    });
}
catch (UserErrorException error)
{
    await Console.Error.WriteLineAsync($"civicsense: {error.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("civicsense: stopped.");
    return 130;
}
