using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Tests;

/// <summary>An authority that signs certificates for servers and clients; years of validity, because no test's clock is the machine's.</summary>
sealed class CertificateMaker : IDisposable
{
    static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly X509Certificate2 authority;
    byte serial;

    public CertificateMaker(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority = request.CreateSelfSigned(From, Until);
    }

    public string AuthorityPem => authority.ExportCertificatePem();

    public X509Certificate2 Server(string name = "localhost") => Sign(name, "1.3.6.1.5.5.7.3.1", From, Until);

    public X509Certificate2 Client(string name) => Sign(name, "1.3.6.1.5.5.7.3.2", From, Until);

    public X509Certificate2 ExpiredClient(string name) => Sign(name, "1.3.6.1.5.5.7.3.2", From, From.AddDays(1));

    /// <summary>What a client checks a server's certificate by.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    X509Certificate2 Sign(string name, string usage, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, until, [++serial]);
        return certificate.CopyWithPrivateKey(key);
    }

    public static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    public void Dispose() => authority.Dispose();
}
