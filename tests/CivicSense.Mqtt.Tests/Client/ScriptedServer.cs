using System.Net;
using System.Net.Sockets;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>A server that says what a test wants said, byte for byte. It reads what the client sends and keeps the packets.</summary>
sealed class ScriptedServer : IDisposable
{
    public static readonly byte[] Accepted = Convert.FromHexString("2003000000");

    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public ScriptedServer() => listener.Start();

    public MqttClientOptions Options => new() { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, ClientId = "c" };

    /// <summary>Takes the next connection, reads its CONNECT and answers.</summary>
    public async Task<ServerSide> AcceptAsync(params byte[] answer)
    {
        var side = new ServerSide(
            await listener.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestHost.Patience));
        side.Connect = await side.ReadAsync();
        await side.SendAsync(answer);
        return side;
    }

    public void Dispose() => listener.Dispose();

    /// <summary>The server's end of one connection.</summary>
    public sealed class ServerSide(Socket socket) : IDisposable
    {
        /// <summary>The client's CONNECT.</summary>
        public string Connect { get; set; } = "";

        /// <summary>The next packet as hexadecimal digits; empty at the end of the connection.</summary>
        public async Task<string> ReadAsync()
        {
            byte[] header = await ReadBytesAsync(2);
            return header.Length == 0 ? "" : Convert.ToHexString([.. header, .. await ReadBytesAsync(header[1])]);
        }

        async Task<byte[]> ReadBytesAsync(int count)
        {
            byte[] bytes = new byte[count];
            for (int have = 0; have < count;)
            {
                int read = await socket.ReceiveAsync(bytes.AsMemory(have)).AsTask().WaitAsync(TestHost.Patience);
                if (read == 0) return [];
                have += read;
            }

            return bytes;
        }

        public async Task SendAsync(params byte[] bytes) => await socket.SendAsync(bytes).WaitAsync(TestHost.Patience);

        public Task SendAsync(string hexadecimal) => SendAsync(Convert.FromHexString(hexadecimal));

        public void Dispose() => socket.Dispose();
    }
}
