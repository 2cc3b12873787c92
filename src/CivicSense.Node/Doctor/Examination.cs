using CivicSense.Node.Settings;

namespace CivicSense.Node.Doctor;

/// <summary>Looks at everything that a process of a node needs, one thing after the other. Changes nothing.</summary>
static class Examination
{
    /// <summary>What was found, in the order in which it is looked at: what others depend on comes first.</summary>
    /// <param name="settings">The settings of the process, checked.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<Finding> RunAsync(
        NodeSettings settings, TimeProvider time,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var finding in FolderCheck.Run(settings))
            yield return finding;
        foreach (var finding in CertificateCheck.Run(settings, time))
            yield return finding;
        await foreach (var finding in PortCheck.RunAsync(settings, cancellationToken))
            yield return finding;

        var findings = new List<Finding>();
        await using (var database = await DatabaseCheck.OpenAsync(settings, findings, cancellationToken))
        {
            if (database is not null)
            {
                await ScheduleCheck.RunAsync(settings, database.Commons, time, findings, cancellationToken);
                if (settings.Role.Releases)
                    await ReleaseCheck.RunAsync(settings, database, time, findings, cancellationToken);
            }
        }
        foreach (var finding in findings)
            yield return finding;

        if (settings.Role.Ingests && settings.Broker is { } broker)
            yield return await BrokerReach.RunAsync(broker, cancellationToken);
    }
}
