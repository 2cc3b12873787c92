using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>
/// Kestrel's sockets for MQTT on Linux: a few threads that read, handle and answer without handing anything to one another.
/// </summary>
/// <remarks>
/// Serves endpoints of the kind <see cref="MqttEndPoint"/> and leaves all others to Kestrel's own transport, which is made for requests
/// that take longer than reading them. TLS and all other connection middleware work as with that one.
/// </remarks>
sealed class PolledTransport(DescriptorReserve reserve) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    readonly Lazy<PollLoop[]> loops = new(static () =>
        [.. Enumerable.Range(1, Math.Max(1, Environment.ProcessorCount / 2)).Select(number => new PollLoop($"MQTT {number}"))]);

    public bool CanBind(EndPoint endpoint) => endpoint is MqttEndPoint && OperatingSystem.IsLinux();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var address = (IPEndPoint)endpoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            if (exception.SocketErrorCode == SocketError.AddressAlreadyInUse) throw new AddressInUseException(exception.Message, exception);
            throw;
        }

        return ValueTask.FromResult<IConnectionListener>(new PolledListener(socket, loops.Value, reserve));
    }

    /// <summary>As Kestrel's: how many connections may wait to be accepted.</summary>
    const int Backlog = 512;

    public void Dispose()
    {
        if (!loops.IsValueCreated) return;
        foreach (PollLoop loop in loops.Value) loop.Dispose();
    }
}

/// <summary>One listening socket.</summary>
sealed class PolledListener(Socket socket, PollLoop[] loops, DescriptorReserve reserve) : IConnectionListener
{
    int next;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                if (reserve.IsTouchedBy(accepted))
                {
                    accepted.Dispose();
                    continue;
                }

                accepted.NoDelay = true;
                next = (next + 1) % loops.Length;
                return new PolledConnection(accepted, loops[next]);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException exception) when (
                exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The connection waits in the kernel until another has gone.
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // The client has gone before it was accepted, or the kernel has no room to watch it.
                accepted?.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
