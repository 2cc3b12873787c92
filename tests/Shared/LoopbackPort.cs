using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace CivicSense.Tests;

/// <summary>Chooses ports of the loopback interface for servers that are only started afterwards, or again on the same port.</summary>
static class LoopbackPort
{
    // Below the ports that Linux (32768), macOS and Windows (49152) give to connections and to listeners that name none: nobody is given
    // one of these in between, and a client that dials a server which is away does not reach itself.
    const int First = 20_000, End = 32_768;

    static readonly ConcurrentDictionary<int, bool> Chosen = [];

    /// <summary>A port on which nobody listens, and that no other test of this process has been given.</summary>
    public static int Choose()
    {
        while (true)
        {
            int port = RandomNumberGenerator.GetInt32(First, End);
            if (!Chosen.TryAdd(port, true)) continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken by another process.
            }
        }
    }
}
