using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class CertificateNameTests
{
    [Theory]
    [InlineData("CN=balcony", "balcony")]
    [InlineData("CN=balcony, O=The neighbourhood, C=NL", "balcony")]
    [InlineData("O=The neighbourhood", null)]
    [InlineData("CN=balcony, CN=garden", null)]
    [InlineData("CN=Balcony", null)]
    [InlineData("CN=bal/cony", null)]
    [InlineData("CN=\"balcony+\"", null)]
    [InlineData("CN=\"#\"", null)]
    [InlineData("CN=bälcony", null)]
    [InlineData("CN=public", null)]
    public void The_only_common_name_is_the_devices_name(string subject, string? name)
    {
        using var certificate = Create(subject);
        Assert.Equal(name, CertificateName.Find(certificate.SubjectName));
    }

    [Fact]
    public void A_common_name_that_is_no_UTF8_is_nobodys()
    {
        // UTF8String (tag 12) with the bytes of a surrogate, which RFC 3629 forbids.
        var subject = Subject(writer => writer.WriteEncodedValue([12, 3, 0xED, 0xA0, 0x80]));
        Assert.Null(CertificateName.Find(subject));
    }

    [Fact]
    public void A_common_name_with_a_zero_in_it_is_nobodys()
    {
        var subject = Subject(writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, "balcony\0.evil"));
        Assert.Null(CertificateName.Find(subject));
    }

    /// <summary>A certificate of this subject, signed by itself: whose signature counts is not decided here.</summary>
    public static X509Certificate2 Create(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
    }

    static X500DistinguishedName Subject(Action<AsnWriter> writeCommonName)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            writeCommonName(writer);
        }
        return new X500DistinguishedName(writer.Encode());
    }
}
