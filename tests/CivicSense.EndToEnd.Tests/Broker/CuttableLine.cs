using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Broker;

/// <summary>The line between a node and a broker.</summary>
sealed class CuttableLine : LocalLine
{
    CuttableLine(int target)
        : base(target)
    {
    }

    public static CuttableLine To(int port) => new(port);

    protected override ILineConnection Join(Socket near, Socket far) => new Connection(near, far);

    sealed class Connection(Socket near, Socket far) : ILineConnection
    {
        public void Start()
        {
            _ = PassOnAsync(near, far);
            _ = PassOnAsync(far, near);
        }

        // The other end may go by itself as soon as the first has gone.
        public bool Cut() => Reset(near) | Reset(far);

        static async Task PassOnAsync(Socket from, Socket to)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer) is var read and > 0)
                {
                    for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                }
                to.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Cut, or one side has gone: then the other goes, too.
                from.Dispose();
                to.Dispose();
            }
        }
    }
}
