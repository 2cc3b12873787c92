using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Tests;

/// <summary>A certificate authority of a test's own, with what it has signed. All of it is valid for a day.</summary>
sealed class TestCertificates : IDisposable
{
    static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    readonly List<X509Certificate2> issued = [];

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=CivicSense test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = Keep(request.CreateSelfSigned(Now.AddHours(-1), Now.AddDays(1)));
    }

    /// <summary>The authority's certificate, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What a client is told to trust: the authority without its key.</summary>
    public X509Certificate2Collection Trusted => [Keep(X509CertificateLoader.LoadCertificate(Authority.RawData))];

    /// <summary>A server's certificate, by default for "localhost" and 127.0.0.1.</summary>
    public X509Certificate2 ForServer(string name = "localhost", bool withAddress = true)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (withAddress) names.AddIpAddress(IPAddress.Loopback);
        return Issue(name, "1.3.6.1.5.5.7.3.1", names);
    }

    /// <summary>A client's certificate; the name is its common name.</summary>
    public X509Certificate2 ForClient(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", null);

    X509Certificate2 Issue(string name, string usage, SubjectAlternativeNameBuilder? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 bare = request.Create(Authority, Now.AddHours(-1), Now.AddHours(23), RandomNumberGenerator.GetBytes(8));
        return Keep(bare.CopyWithPrivateKey(key));
    }

    X509Certificate2 Keep(X509Certificate2 certificate)
    {
        issued.Add(certificate);
        return certificate;
    }

    /// <summary>Writes <c>NAME.crt</c> and, if the certificate has its key, <c>NAME.key</c>.</summary>
    public static void Write(X509Certificate2 certificate, string folder, string name)
    {
        File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate.ExportCertificatePem());
        using ECDsa? key = certificate.GetECDsaPrivateKey();
        if (key is not null) File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in issued) certificate.Dispose();
    }
}
