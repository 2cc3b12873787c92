using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CivicSense.Node.Settings;
using CivicSense.Node.Tls;

namespace CivicSense.Node.Doctor;

/// <summary>Whether the ports are free, or taken by the node itself.</summary>
static class PortCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async IAsyncEnumerable<Finding> RunAsync(
        NodeSettings settings, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isRunning = false;
        var http = Try(settings.Http);
        if (http == SocketError.AddressAlreadyInUse)
            isRunning = await IsNodeAsync(settings.Http, cancellationToken);
        yield return Describe("http", settings.Http, http, isRunning);
        if (!settings.Role.Ingests)
            yield break;
        if (settings.Mqtt.Enabled)
            yield return Describe("mqtt", settings.Mqtt, Try(settings.Mqtt), isRunning);
        if (settings.MqttTls is { } secure)
            yield return Describe("mqttTls", secure, Try(secure), isRunning);
    }

    static Finding Describe(string key, EndpointSettings endpoint, SocketError error, bool isRunning)
    {
        var subject = FormattableString.Invariant($"{key} port {endpoint.Port}");
        return error switch
        {
            _ when endpoint.Port == 0 => Finding.Ok($"{key} port", "the machine chooses one."),
            SocketError.Success => Finding.Ok(subject, "free."),
            SocketError.AddressAlreadyInUse when isRunning => Finding.Ok(subject, "taken, and a node answers: it is running."),
            SocketError.AddressAlreadyInUse =>
                Finding.Problem(subject, $"taken by another program. End that, or choose another port: {key}.port."),
            SocketError.AccessDenied => Finding.Problem(
                subject, "this account may not listen there. Choose a port from 1024 on, "
                    + "or allow it (AmbientCapabilities=CAP_NET_BIND_SERVICE)."),
            SocketError.AddressNotAvailable =>
                Finding.Problem(subject, $"this machine has no address {endpoint.Address}. Change {key}.address."),
            _ => Finding.Problem(subject, $"cannot be listened on ({error})."),
        };
    }

    /// <summary>Listens for a moment.</summary>
    static SocketError Try(EndpointSettings endpoint)
    {
        if (endpoint.Port == 0)
            return SocketError.Success;
        var address = endpoint.Address == "*" ? IPAddress.Any : IPAddress.Parse(endpoint.Address);
        using var listener = new TcpListener(address, endpoint.Port);
        try
        {
            listener.Start();
            return SocketError.Success;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Only a node has this health page.</summary>
    static async Task<bool> IsNodeAsync(EndpointSettings endpoint, CancellationToken cancellationToken)
    {
        var host = endpoint.Address == "*" ? "127.0.0.1"
            : IPAddress.Parse(endpoint.Address) is { AddressFamily: AddressFamily.InterNetworkV6 } six ? $"[{six}]"
            : endpoint.Address;
        var scheme = endpoint.Certificate is null ? "http" : "https";
        using var handler = new SocketsHttpHandler();
        if (endpoint.Certificate is not null)
        {
            // It is for the name by which others reach it, so it is compared as a whole.
            if (ReadCertificate(endpoint) is not { } own)
                return false;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && shown.GetRawCertData().SequenceEqual(own);
        }
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(
                new Uri(FormattableString.Invariant($"{scheme}://{host}:{endpoint.Port}/healthz")), cancellationToken);
            return (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("\"databaseReachable\"", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>The bytes of the certificate; null where it cannot be read, which is said elsewhere.</summary>
    static byte[]? ReadCertificate(EndpointSettings endpoint)
    {
        try
        {
            using var certificate = CertificateFiles.Read(endpoint).Load();
            return certificate.RawData;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }
}
