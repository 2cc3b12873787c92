using CivicSense.Mqtt;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Timeouts;

namespace CivicSense.Node.WebSockets;

/// <summary>MQTT over WebSocket on the HTTP endpoint, for pages and for networks that let nothing else through.</summary>
static class WebSocketEndpoint
{
    /// <summary>Where clients connect.</summary>
    public const string Path = "/mqtt";

    /// <summary>The name in Sec-WebSocket-Protocol: [MQTT-6.0.0-3], [MQTT-6.0.0-4].</summary>
    const string Subprotocol = "mqtt";

    /// <summary>Serves MQTT at <see cref="Path"/>.</summary>
    /// <param name="application">The host; has the MQTT listener.</param>
    /// <param name="origins">Which pages may connect beside the node's own.</param>
    public static void MapMqttWebSocket(this WebApplication application, OriginRule origins)
    {
        // No pings of its own: MQTT has a keep-alive, and an answer to a ping would say nothing about the client behind a proxy.
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        application.Map(Path, (RequestDelegate)(context => ServeAsync(context, origins, application.Lifetime))).ExcludeFromDescription();
    }

    static async Task ServeAsync(HttpContext context, OriginRule origins, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            // RFC 9110, section 15.5.22.
            context.Response.Headers.Upgrade = "websocket";
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }
        if (!origins.Allows(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol, StringComparer.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        // From here on MQTT's own deadlines hold.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        var services = context.RequestServices;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Subprotocol);
        await using var connection = new WebSocketConnection(
            socket, context, services.GetRequiredService<TimeProvider>(), lifetime.ApplicationStopping);
        await connection.RunAsync(services.GetRequiredService<MqttConnectionHandler>().OnConnectedAsync);
    }
}
