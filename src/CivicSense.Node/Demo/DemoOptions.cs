namespace CivicSense.Node.Demo;

/// <summary>What <c>civicsense demo</c> was asked for.</summary>
/// <param name="Port">Port of pages and API.</param>
/// <param name="MqttPort">Port that devices connect to.</param>
/// <param name="Data">Folder to keep the data in, or null for a temporary one.</param>
/// <param name="Days">Days of simulated history.</param>
/// <param name="Devices">Simulated devices.</param>
/// <param name="Seed">Chooses the simulated field; never the noise.</param>
/// <param name="Replay">Folder of archived day files, or null to simulate.</param>
/// <param name="TimeZone">The neighbourhood's time zone, an IANA name.</param>
/// <param name="Once">Whether to end after the last hour.</param>
sealed record DemoOptions(
    int Port, int MqttPort, string? Data, int Days, int Devices, long Seed, string? Replay, string TimeZone, bool Once);
