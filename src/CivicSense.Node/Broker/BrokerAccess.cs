using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Mqtt;

namespace CivicSense.Node.Broker;

/// <summary>Makes the client's options of the settings, reading the password and the certificates from their files.</summary>
static class BrokerAccess
{
    /// <summary>Reads the files as they are now.</summary>
    /// <exception cref="UserErrorException">One of them cannot be read; the message names the key and the file.</exception>
    public static MqttClientOptions Read(BrokerSettings settings, string clientId)
    {
        try
        {
            return ReadFiles(settings, clientId);
        }
        catch (Exception exception) when (exception is BrokerFileException or ArgumentException)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    /// <summary>As <see cref="Read"/>, for a node that is running.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static MqttClientOptions ReadFiles(BrokerSettings settings, string clientId) => new()
    {
        Host = settings.Address!.IdnHost.Trim('[', ']'),
        Port = settings.Port,
        ClientId = clientId,
        UserName = settings.UserName,
        Password = Read("passwordFile", settings.PasswordFile, static path => File.ReadLines(path).FirstOrDefault("")),
        Tls = settings.IsSecure
            ? new MqttTlsOptions
            {
                CertificateAuthorities = Read("certificateAuthority", settings.CertificateAuthority, ReadAuthorities),
                ClientCertificate = Read(
                    "clientCertificate", settings.ClientCertificate,
                    path => X509Certificate2.CreateFromPemFile(path, settings.ClientCertificateKey)),
            }
            : null,
    };

    static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("It has no certificate.");
    }

    static T? Read<T>(string key, string? path, Func<string, T> read) where T : class
    {
        if (path is null)
            return null;
        try
        {
            return read(path);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new BrokerFileException($"broker.{key}: '{path}' cannot be read: {exception.Message}");
        }
    }

    sealed class BrokerFileException(string message) : IOException(message);
}
