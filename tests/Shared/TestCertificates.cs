using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Tests;

/// <summary>
/// A certificate authority of a test's own, with what it has signed. It is valid for decades: a test's clock may not be the machine's.
/// </summary>
sealed class TestCertificates : IDisposable
{
    static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly List<X509Certificate2> issued = [];

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=CivicSense test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = Keep(request.CreateSelfSigned(From, Until));
    }

    /// <summary>The authority's certificate, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What a client is told to trust: the authority without its key.</summary>
    public X509Certificate2Collection Trusted => [Keep(X509CertificateLoader.LoadCertificate(Authority.RawData))];

    /// <summary>The same for a client that takes rules.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Trusted);
        return policy;
    }

    /// <summary>A server's certificate, by default for "localhost" and 127.0.0.1.</summary>
    public X509Certificate2 ForServer(string name = "localhost", bool withAddress = true)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (withAddress) names.AddIpAddress(IPAddress.Loopback);
        return Issue(name, "1.3.6.1.5.5.7.3.1", names, Until);
    }

    /// <summary>A client's certificate; the name is its common name.</summary>
    public X509Certificate2 ForClient(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", null, Until);

    /// <summary>A client's certificate that was valid for a day.</summary>
    public X509Certificate2 ForClientOnce(string name) => Issue(name, "1.3.6.1.5.5.7.3.2", null, From.AddDays(1));

    X509Certificate2 Issue(string name, string usage, SubjectAlternativeNameBuilder? names, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 bare = request.Create(Authority, From, until, RandomNumberGenerator.GetBytes(8));
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
        if (certificate.HasPrivateKey) File.WriteAllText(Path.Combine(folder, name + ".key"), KeyPem(certificate));
    }

    /// <summary>The private key of a certificate that has it.</summary>
    public static string KeyPem(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in issued) certificate.Dispose();
    }
}
