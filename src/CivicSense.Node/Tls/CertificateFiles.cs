using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Tls;

/// <summary>The text of an endpoint's PEM files at one time. Equal when nothing has changed.</summary>
/// <param name="Certificate">The certificate, followed by those between it and its root if there are any.</param>
/// <param name="Key">Its private key.</param>
/// <param name="Authority">The certificates that sign clients' certificates; null where clients show none.</param>
sealed record CertificateFiles(string Certificate, string Key, string? Authority)
{
    /// <summary>Reads the files of an endpoint that has a certificate.</summary>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static CertificateFiles Read(EndpointSettings settings) => new(
        File.ReadAllText(settings.Certificate!), File.ReadAllText(settings.CertificateKey!),
        settings.ClientCertificateAuthority is { } authority ? File.ReadAllText(authority) : null);

    /// <summary>The certificate and its private key.</summary>
    /// <exception cref="CryptographicException">They are no PEM, or do not belong together.</exception>
    public X509Certificate2 Load()
    {
        try
        {
            return X509Certificate2.CreateFromPem(Certificate, Key);
        }
        catch (ArgumentException exception)
        {
            // So it says that the key is another certificate's.
            throw new CryptographicException(exception.Message, exception);
        }
    }

    /// <summary>Everything in the certificate's file: what clients need to find the way to a root that they trust.</summary>
    public X509Certificate2Collection LoadChain() => Import(Certificate);

    /// <summary>The authorities of clients' certificates; null without.</summary>
    /// <exception cref="CryptographicException">There is no certificate in the file.</exception>
    public X509Certificate2Collection? LoadAuthority()
    {
        if (Authority is null)
            return null;
        var authorities = Import(Authority);
        return authorities.Count > 0
            ? authorities
            : throw new CryptographicException("There is no certificate in the file of the authority.");
    }

    static X509Certificate2Collection Import(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates;
    }
}
