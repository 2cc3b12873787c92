namespace CivicSense.Node.Tls;

/// <summary>
/// What is logged about certificates, 1200 to 1299: the endpoint's name in the configuration, and what is wrong with a file.
/// </summary>
static partial class LogMessages
{
    [LoggerMessage(1200, LogLevel.Information, "{Endpoint}.certificate has changed and is in force for new connections.")]
    public static partial void CertificateReplaced(this ILogger logger, string endpoint);

    [LoggerMessage(1201, LogLevel.Error, "{Endpoint}.certificate has changed and cannot be used; the one before stays in force. {Reason}")]
    public static partial void CertificateKept(this ILogger logger, string endpoint, string reason);
}
