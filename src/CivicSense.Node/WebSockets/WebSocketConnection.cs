using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CivicSense.Node.WebSockets;

/// <summary>A WebSocket as a connection of bytes, the way Kestrel gives one for TCP (MQTT 5.0, section 6).</summary>
/// <remarks>
/// What is received goes through a pipe, because to cancel a read of a WebSocket is to end it. The pipe bounds what lies between the
/// network and MQTT; when it is full the socket is not read from. Frames mean nothing: packets may share one or be spread over many
/// ([MQTT-6.0.0-2]).
/// </remarks>
sealed class WebSocketConnection : ConnectionContext, IDuplexPipe, IConnectionLifetimeNotificationFeature
{
    const int ReadAhead = 64 * 1024;
    const int SmallestRead = 2048;

    static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    readonly WebSocket socket;
    readonly HttpContext request;
    readonly TimeProvider time;
    readonly Pipe received = new(new PipeOptions(
        pauseWriterThreshold: ReadAhead, resumeWriterThreshold: ReadAhead / 2, useSynchronizationContext: false));
    readonly PipeWriter sent;
    WebSocketCloseStatus closeStatus = WebSocketCloseStatus.NormalClosure;

    /// <param name="socket">The accepted socket.</param>
    /// <param name="request">The request that became the socket.</param>
    /// <param name="time">Measures how long the end may take.</param>
    /// <param name="stopping">Cancelled when the node is asked to stop.</param>
    public WebSocketConnection(WebSocket socket, HttpContext request, TimeProvider time, CancellationToken stopping)
    {
        (this.socket, this.request, this.time, ConnectionClosedRequested) = (socket, request, time, stopping);
        sent = PipeWriter.Create(WebSocketStream.Create(socket, WebSocketMessageType.Binary));
        ConnectionId = request.Connection.Id;
        ConnectionClosed = request.RequestAborted;
        if (request.Connection.RemoteIpAddress is { } address)
            RemoteEndPoint = new IPEndPoint(address, request.Connection.RemotePort);
        Transport = this;
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested { get; set; }

    PipeReader IDuplexPipe.Input => received.Reader;

    PipeWriter IDuplexPipe.Output => sent;

    /// <summary>Lets <paramref name="handler"/> serve the connection, and closes it.</summary>
    public async Task RunAsync(Func<ConnectionContext, Task> handler)
    {
        var receiving = ReceiveAsync();
        try
        {
            await handler(this);
        }
        finally
        {
            await received.Reader.CompleteAsync();
            await CloseAsync();
            await receiving;
        }
    }

    async Task ReceiveAsync()
    {
        try
        {
            while (await ReceiveFrameAsync() && !(await received.Writer.FlushAsync()).IsCompleted) { }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone without saying so, or sent what is no WebSocket frame.
        }
        await received.Writer.CompleteAsync();
    }

    async ValueTask<bool> ReceiveFrameAsync()
    {
        // Takes no memory while there is nothing to read: most clients are silent most of the time.
        var result = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (IsData(result) && !result.EndOfMessage)
        {
            result = await socket.ReceiveAsync(received.Writer.GetMemory(SmallestRead), CancellationToken.None);
            received.Writer.Advance(result.Count);
        }
        return IsData(result);
    }

    bool IsData(ValueWebSocketReceiveResult result)
    {
        // Text must end the connection ([MQTT-6.0.0-1]).
        if (result.MessageType == WebSocketMessageType.Text)
            closeStatus = WebSocketCloseStatus.InvalidMessageType;
        return result.MessageType == WebSocketMessageType.Binary;
    }

    /// <summary>Says goodbye, and waits a little for the answer: to close at once would take back what has just been sent.</summary>
    async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseAsync(closeStatus, null, limit.Token);
        }
        catch (Exception exception)
            when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        socket.Abort();
        request.Abort();
    }

    /// <inheritdoc/>
    public void RequestClose() => Abort(new ConnectionAbortedException());
}
