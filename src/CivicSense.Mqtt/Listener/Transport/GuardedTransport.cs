using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CivicSense.Mqtt.Listener.Transport;

/// <summary>
/// Kestrel's own sockets for all other endpoints of the process, held to the same <see cref="DescriptorReserve"/>: requests for pages could
/// take what MQTT leaves.
/// </summary>
/// <remarks>
/// Kestrel's MaxConcurrentConnections is no help: it counts each endpoint by itself, and knows nothing of what else is open. A connection
/// middleware would come too late: it runs on the thread pool, after many more may have been accepted.
/// </remarks>
sealed class GuardedTransport(IOptions<SocketTransportOptions> options, ILoggerFactory loggers, DescriptorReserve reserve)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    readonly SocketTransportFactory inner = new(options, loggers);

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint and not MqttEndPoint && OperatingSystem.IsLinux();

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new GuardedListener(await inner.BindAsync(endpoint, cancellationToken), reserve);
}

/// <summary>One listening socket of Kestrel's.</summary>
sealed class GuardedListener(IConnectionListener inner, DescriptorReserve reserve) : IConnectionListener
{
    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await inner.AcceptAsync(cancellationToken) is { } accepted)
        {
            if (accepted.Features.Get<IConnectionSocketFeature>() is not { } feature || !reserve.IsTouchedBy(feature.Socket))
                return accepted;
            accepted.Abort();
            // The next is accepted when this one has given its descriptor back.
            await accepted.DisposeAsync();
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
