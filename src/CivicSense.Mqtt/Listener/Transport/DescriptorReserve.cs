using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>The file descriptors of the process that no connection gets, so that the rest of the process always has some.</summary>
/// <remarks>
/// The runtime opens a pipe for a thread that it starts. Where it cannot, the start fails as if memory were short, which in a thread of the
/// thread pool ends the process: whoever can open connections could end the node. Databases, certificates and assemblies need files too.
/// </remarks>
sealed class DescriptorReserve(MqttListenerStatistics statistics, ILogger<MqttConnectionHandler> logger)
{
    /// <summary>A burst of new threads with two descriptors each, and as many files of a database and assemblies.</summary>
    public const int Least = 64;

    /// <summary>A larger machine starts more threads at once, but hundreds will never be needed.</summary>
    public const int Most = 512;

    const int Share = 10;

    bool isSaid;

    /// <summary>How many of so many descriptors are kept back: a tenth, but 64 to 512.</summary>
    public static int Of(int limit) => Math.Clamp(limit / Share, Least, Most);

    /// <summary>
    /// Whether a connection that has just been accepted is one of the last descriptors and has to be closed at once. It is counted then,
    /// and what to do is logged the first time.
    /// </summary>
    public bool IsTouchedBy(Socket accepted)
    {
        // The kernel gives the lowest free number (open(2)): at least so many are in use, by whatever part of the process. The limit can be
        // changed while the process runs (prlimit(1)).
        int limit = Kernel.DescriptorLimit();
        int reserve = Of(limit);
        if ((int)accepted.SafeHandle.DangerousGetHandle() < limit - reserve) return false;
        statistics.CountOverLimit();
        if (!Interlocked.Exchange(ref isSaid, true)) logger.DescriptorsUsedUp(limit, reserve);
        return true;
    }
}
