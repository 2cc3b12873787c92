using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Finds the device that a client's certificate speaks for.</summary>
static class CertificateName
{
    const string CommonName = "2.5.4.3";

    /// <summary>
    /// The common name of the subject (X.520, section 6.2.2), if there is exactly one, it is text, and a device can have that name. Null
    /// otherwise.
    /// </summary>
    public static string? Find(X500DistinguishedName subject)
    {
        string? found = null;
        try
        {
            foreach (var part in subject.EnumerateRelativeDistinguishedNames())
            {
                // Of two names, which one counts would depend on who reads.
                if (part.HasMultipleElements)
                    return null;
                if (part.GetSingleElementType().Value != CommonName)
                    continue;
                if (found is not null)
                    return null;
                found = part.GetSingleElementValue();
            }
        }
        catch (CryptographicException)
        {
            return null;
        }
        return Device.IsValidName(found) ? found : null;
    }
}
